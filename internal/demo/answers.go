package demo

// What the scripted model says. The shop and its goods are made up.

const systemPrompt = "You are the assistant of Cairn Supply, a shop for hiking and camping gear. Answer briefly and in Markdown."

const helloAnswer = `Hello! I can help you **choose gear**, **pack for a trip** or **find an order**. What are you planning?`

const orderAnswer = `Your order is **on its way**.

- **Items:** two-person tent, titanium mug
- **Carrier:** Parcel post
- **Arrives:** Thursday

You can still change the delivery address until tomorrow at noon.`

const packingAnswer = `### Three days, one hut, one tent

**Sleep**
- Tent with its footprint, about 1.9 kg
- Quilt rated to 0 °C and an insulated mat

**Wear**
- Rain shell, fleece, two pairs of wool socks
- Warm hat and sun hat: mountain weather changes within an hour

**Eat and drink**
- Stove, 230 g gas, titanium mug
- 700 g of dry food a day, two litres of water

Aim for **8 kg without food and water**. Shall I cut it down for a hut-to-hut trip?`

const compareAnswer = `Here is how the two compare:

| | Ridge 2 | Valley 3 |
| --- | --- | --- |
| Weight | 1.4 kg | 2.6 kg |
| Sleeps | 2 | 3 |
| Wind | up to 80 km/h | up to 100 km/h |
| Price | 389 | 329 |

Take the **Ridge 2** if you carry it, the **Valley 3** if the car does. In a storm the heavier one is calmer.`

const codeAnswer = "You can ask for an order's state with one request:\n\n```js\nconst answer = await fetch('/api/orders/4821')\n" +
	"const { state, arrives } = await answer.json()\nconsole.log(state, arrives)\n```\n\n" +
	"It answers `404` for a number that does not exist and `429` after sixty requests a minute."

const slowAnswer = `Thanks for waiting, I went through the whole catalogue.

1. For **wet autumn weekends**, a shell with a 20,000 mm column beats a lighter one with 10,000.
2. For **cold feet**, the mat matters more than the sleeping bag: look for an R-value of 4 or more.
3. For **heavy packs**, leave the second pair of trousers at home. Everyone does in the end.`

// otherAnswers answer everything else; the question decides which.
var otherAnswers = []string{
	`You asked: *{question}*

It depends on how you travel. **On foot**, every 100 g count, so start with the three big ones: pack, tent and sleeping bag. **By car**, take the comfortable version of each.

Tell me the season and the number of nights and I will be more precise.`,
	`About *{question}* three things are worth knowing:

1. Fit comes before weight. A pack that sits badly gets heavier every hour.
2. Dry is warm. A good shell and a liner bag do more than a thicker jacket.
3. Test everything once at home, in the dark, with cold hands.

Would you like a recommendation within a budget?`,
	`Good question. *{question}*: most of our customers decide by **where they sleep**. In huts you need a liner and earplugs, in a tent an insulated mat and a shelter that stands without trees.

Both are in stock, and both can be returned within 60 days, used or not.`,
}
