package history

// What people ask the shop's assistant and what it answers. Slots in braces are filled once for each conversation, so that order, article and day are
// the same in all of its turns.

const supportPrompt = "You are the assistant of Cairn Supply, a shop for hiking and camping gear. Answer briefly, in Markdown, and in the customer's language. " +
	"Use the tools for anything that concerns an order, the stock or a return. Never promise a date that a tool did not give. Returns are free within 60 days, used or not."

// topic is something that people ask about.
type topic struct {
	// tool is the tool that the model needs to answer, "" for none; result is the tool's result.
	tool, argument, result string
	questions, answers     []string
	// follow are later questions of the same conversation, with their answers.
	follow [][2]string
	// wrong is the answer of the bad release, and complaint the feedback on it.
	wrong     string
	complaint []string
}

var supportTopics = []topic{
	{
		tool: "look_up_order", argument: "order", result: `{"order":"{order}","items":["{item}","{other}"],"state":"on its way","carrier":"{carrier}","arrives":"{day}"}`,
		questions: []string{
			"Where is my order {order}?", "Hi, order {order} was supposed to be here yesterday. Any news?", "Can you tell me when {order} arrives? I leave for {town} on {day}.",
			"Tracking for {order} has not moved for three days, is it lost?", "I ordered the {item} last week ({order}) and have heard nothing since",
			"Status of order no {order} please", "My order number is {order}. Will it be delivered before the weekend?", "has {order} been shipped yet",
		},
		answers: []string{
			"Your order **{order}** is on its way with {carrier}.\n\n- **Items:** {item}, {other}\n- **Expected:** {day}\n\nYou can still change the delivery address until tomorrow at noon.",
			"Good news: **{order}** left our warehouse and is with {carrier}. They expect to deliver it on **{day}**. Both articles, the {item} and the {other}, are in one parcel.",
			"I found it. The parcel with your {item} is in transit and should arrive on **{day}**.\n\nThe tracking page is updated only when the parcel is scanned, so a pause of two or three days is normal.",
			"Order **{order}** is on its way. {carrier} gives **{day}** as the delivery day. If nobody is at home, it goes to the nearest pick-up point, where it is kept for seven days.",
		},
		follow: [][2]string{
			{"Can I still change the address?", "Yes, until tomorrow at noon. Open **Your orders**, choose {order} and then **Change address**. After that only {carrier} can redirect the parcel."},
			{"And if nobody is home?", "Then {carrier} leaves a card and takes the parcel to the nearest pick-up point. It is kept there for **seven days**; you need the card or the number {order}."},
			{"Could you send it to a pick-up point instead?", "I can. Which town should it be in? For {town} there are three: the station, the market hall and the petrol station on the main road."},
			{"What if the {item} doesn't fit?", "Send it back within **60 days**, used or not. The label is in the parcel, and returning is free."},
		},
		wrong:     "I do not have access to orders. Please contact the carrier directly, or write to the manufacturer of the {item}. Changes to an order are not possible after it was placed.",
		complaint: []string{"It says it has no access to orders. Last week it could look them up!", "Sent me to the manufacturer. I bought it from YOU.", "Useless, it did not even look at my order number."},
	},
	{
		tool: "find_return", argument: "order", result: `{"order":"{order}","article":"{item}","returnable":true,"until":"in 41 days","label":"in the parcel"}`,
		questions: []string{
			"I'd like to return the {item} from order {order}", "How do I send back the {item}? I wore it once.", "the {item} is too small. can i return it? order {order}",
			"What's your return policy for used gear? Thinking of the {item} from {order}.", "I changed my mind about the {other}, order {order}. How does a return work?",
			"Do I have to pay for the return of {order}?", "Where is the return label for order {order}?",
		},
		answers: []string{
			"You can return the **{item}** for another 41 days, used or not, and it costs you nothing.\n\n1. Use the label that is in the parcel.\n2. Drop it at any {carrier} counter.\n3. The money is back within five working days.",
			"No problem. Order **{order}** can be returned for 41 more days. The label lies in the parcel; if it is gone, I can send you a new one by e-mail.",
			"Of course. Pack the {item} in any box, stick the label from the parcel on it and hand it to {carrier}. As soon as it is scanned, we refund it: **no fee, no questions**.",
		},
		follow: [][2]string{
			{"I lost the label", "I have sent a new one to your e-mail address. You can also show the code on your phone at the counter; then it is printed there."},
			{"How long until I get my money?", "Five working days after {carrier} has scanned the parcel, on the way on which you paid."},
			{"Can I exchange it for a larger size instead?", "Yes: choose **Exchange** on the return page. The larger size is reserved for you and sent as soon as the return is scanned."},
			{"Does the used one really count?", "It does. We resell used gear as second-hand, so worn is fine, broken is not."},
		},
		wrong:     "Returns are possible within **14 days** and only for unused articles in their original packaging. The return of the {item} costs 9.90. Please contact the manufacturer for anything else.",
		complaint: []string{"It told me 14 days. Your own page says 60!", "Wrong return policy, I almost threw the label away", "9.90 for a return? Every mail from you says it is free.", "This answer is simply wrong, support on the phone said 60 days"},
	},
	{
		tool: "check_stock", argument: "article", result: `{"article":"{item}","size":"{size}","in_stock":7,"warehouse":"{town}","restock":"{day}"}`,
		questions: []string{
			"Is the {item} available in {size}?", "When will the {item} be back in {size}?", "Do you have the {item} in stock in {town}?", "is there a {size} {item} left",
			"I need a {item} by {day}, do you still have some?", "Can I pick up the {item} in your {town} shop today?",
		},
		answers: []string{
			"Yes: there are **seven** of the {item} in {size} in {town}. Ordered before 2 pm they are sent today.",
			"The **{item}** is in stock in {size}. You can have it sent, or reserve it for two days in our {town} shop and try it on there.",
			"It is there: seven pieces in {size}. More arrive on {day}, so there is no hurry.",
		},
		follow: [][2]string{
			{"Please reserve one", "Done. It is kept for you in {town} for two days under the name of your account."},
			{"Which size should I take at 182 cm?", "For 182 cm most people take **{size}** in the {item}. If you wear a thick fleece under it, take one size more."},
			{"Is there a cheaper one?", "The {other} does nearly the same for a third less. It is a little heavier and has one pocket fewer."},
		},
		wrong:     "I cannot look up the stock. Please ask the manufacturer whether the {item} is available in {size}.",
		complaint: []string{"It can't look up the stock any more??", "Why would I ask the manufacturer, you are the shop."},
	},
	{
		questions: []string{
			"What should I pack for three days in the mountains around {town}?", "First overnight hike next month. What do I need?", "Can you write a packing list for a hut-to-hut trip?",
			"How heavy should my pack be for two nights?", "What do people usually forget when they go camping?", "Packing list for a weekend with two kids, please",
		},
		answers: []string{
			"For three days aim for **8 kg without food and water**:\n\n- Tent or liner, insulated mat, quilt rated to 0 °C\n- Rain shell, fleece, two pairs of wool socks\n- Stove with 230 g of gas, mug, two litres of water\n- Head torch, map, first aid, sun cream\n\nIn huts leave tent and stove at home.",
			"Start with the **three big ones**: pack, shelter and sleeping bag. Together they should stay under 4 kg. Then add:\n\n1. Rain shell and a warm layer\n2. 700 g of dry food a day\n3. A head torch with full batteries\n\nMost people forget the head torch and a second pair of socks.",
			"Two nights need surprisingly little. Wear one set of clothes, carry one dry set, and take the {item}: it is the piece that people miss most when it rains.\n\nWater, a filter and 1.4 kg of food complete it.",
		},
		follow: [][2]string{
			{"And if it rains all the time?", "Then dry is warm: put everything into a liner bag, wear the shell over a thin fleece, and keep one set of clothes only for the tent."},
			{"Which of these can I rent?", "Tents, packs and stoves, in our {town} shop. A set for a weekend is 45."},
			{"Is the {item} really necessary?", "Below 1,500 m in summer you can do without. Above that the weather changes within an hour, and it weighs less than a bar of chocolate."},
			{"What about food?", "Oats for the morning, nuts and cheese at noon, couscous with dried vegetables in the evening: 700 g a day is enough for most."},
		},
		wrong:     "Please refer to the manufacturer's packing recommendations of the {item}. Returns of unsuitable articles are possible within 14 days.",
		complaint: []string{"I asked for a packing list, not for the manufacturer", "It used to help. Now it answers like a lawyer."},
	},
	{
		questions: []string{
			"Compare the {item} and the {other}", "{item} or {other} for autumn?", "What is the difference between the {item} and the {other}?", "Which one is warmer, the {item} or the {other}?",
			"I can't decide between the {item} and the {other}. I mostly walk around {town}.", "Which is lighter: {other} or {item}?",
		},
		answers: []string{
			"In short: take the **{item}** if you carry it yourself, the **{other}** if the car does.\n\n- **{item}:** lighter, packs smaller, dearer\n- **{other}:** tougher, warmer, a third cheaper\n\nAround {town} the wind is the problem, not the cold, so I would take the {item}.",
			"The **{item}** weighs about a third less and dries faster. The **{other}** lasts longer and has the better zip. For wet autumn weekends I would take the {other}.",
			"Both are good. What decides is where you sleep: in huts the {item} is enough, in a tent the {other} is worth its weight.",
		},
		follow: [][2]string{
			{"Which one do most people buy?", "Four of five take the {item}. Those who come back for the {other} camp in winter."},
			{"Is there a bundle?", "Yes, both together are 10 % cheaper. The discount is taken off in the basket."},
			{"How do I wash it?", "At 30 °C with a liquid detergent, no softener, and then 20 minutes in the dryer on low. That brings the water repellency back."},
		},
		wrong:     "I cannot compare articles of different manufacturers. Please contact the manufacturers of the {item} and of the {other}.",
		complaint: []string{"Cannot compare? That is all I ever use this chat for."},
	},
	{
		questions: []string{
			"The zip of my {item} broke after a month", "My {item} leaks at the seam, what now?", "A pole of the {item} snapped in the wind. Is that covered?", "warranty on the {item}?",
			"Can you repair a {item}?", "The buckle on my {other} is broken, do you sell spare parts?",
		},
		answers: []string{
			"I am sorry to hear that. The **{item}** has a warranty of three years, and broken zips, seams and poles are covered.\n\nSend it to our workshop with the label from your account; repaired it is back within two weeks.",
			"That can be repaired. Our workshop in {town} replaces zips and buckles for free during the first three years, and for 15 afterwards. Shall I open a repair for you?",
			"Spare parts for the {item} are in the shop under **Repair**. If you would rather have it done, send it in: it takes about ten days.",
		},
		follow: [][2]string{
			{"Yes, open a repair please", "Done. You get an e-mail with the label. Write down what is broken, and put the note into the bag."},
			{"I need it next week, is there a faster way?", "Bring it to the {town} shop in the morning: zips and buckles are usually done on the same day."},
			{"Do I need the receipt?", "No. We find the purchase by your e-mail address."},
		},
		wrong:     "Damage after 14 days is not covered. Please contact the manufacturer of the {item}.",
		complaint: []string{"You advertise THREE YEARS of warranty", "14 days of warranty, is this a joke?"},
	},
	{
		questions: []string{
			"Do you deliver to {town}?", "How much is shipping?", "Can I pay by invoice?", "Is there a student discount?", "I have a voucher code that does not work",
			"What are the opening hours of the {town} shop?", "Do you ship gas cartridges?",
		},
		answers: []string{
			"Yes, within two to three working days. Shipping is free from 50, below that it is 4.90.",
			"You can pay by card, by invoice (14 days) or by bank transfer. Vouchers go into the field **Code** in the basket; only one can be used for each order.",
			"Our {town} shop is open from 10 to 19 on working days and until 17 on Saturdays. Gas cartridges are sold only there, because they may not be sent.",
		},
		follow: [][2]string{
			{"The code is still refused", "It is valid for full-price articles only, and the {item} is reduced. Without the {item} in the basket it works."},
			{"And outside of the country?", "To all neighbouring countries for 9.90, within a week. Duties are included."},
		},
		wrong:     "Please see the general terms. Returns are possible within 14 days.",
		complaint: []string{"Did not answer my question at all"},
	},
	{
		tool: "change_address", argument: "order", result: `{"order":"{order}","changed":true,"town":"{town}"}`,
		questions: []string{
			"Please change the delivery address of {order} to {town}", "I moved to {town} yesterday, can {order} still be redirected?", "wrong address on order {order}!! can you fix it",
		},
		answers: []string{
			"Done: order **{order}** now goes to your new address in {town}. You get a confirmation by e-mail.",
			"I changed it. The parcel with the {item} goes to {town} and should arrive on **{day}**, as before.",
		},
		follow: [][2]string{
			{"Thanks! And the invoice?", "The invoice keeps the old address. If you need another one, change it under **Your account** and download the invoice again."},
			{"Will it take longer now?", "No, it had not left yet. {day} is still the expected day."},
		},
		wrong:     "Addresses cannot be changed after an order was placed. Please contact the carrier.",
		complaint: []string{"My parcel now goes to an empty flat, thanks."},
	},
}

// thanks are the last turns of conversations.
var thanks = [][2]string{
	{"Perfect, thank you!", "You are welcome. Have a good trip!"}, {"great, that's all", "Glad that I could help. See you on the trail!"},
	{"Thanks, that helped", "With pleasure. If anything else comes up, I am here."}, {"ok thx", "You are welcome!"},
}

var openings = []string{"", "", "", "", "Happy to help. ", "Let me see. ", "Thanks for asking. ", "Sure. ", "Good question. "}

var closings = []string{"", "", "", "\n\nIs there anything else?", "\n\nShall I do anything else for you?", "\n\nTell me if you need more."}

var praise = []string{"Exactly what I needed", "Fast and correct, thank you", "Better than waiting on the phone", "Solved it in one minute", "Nice, it even knew my size", "Very helpful"}

// moans are complaints about slow answers.
var moans = []string{"Took forever", "I waited half a minute for two sentences", "Gave up and called you instead", "So slow today", "is this thing broken?"}

// grumbles are complaints on ordinary days.
var grumbles = []string{"Too long, I just wanted a yes or no", "It did not understand what I meant", "I asked in another language", "Not what I asked", "It repeats itself"}

var articles = []string{
	"Ridge 2 tent", "Valley 3 tent", "Larch rain shell", "Scree trousers", "Moraine 48 pack", "Brook filter", "Ember stove", "Down quilt Zero", "Cinder mug", "Tarn dry bag",
	"Summit fleece", "Merino base layer", "Gravel shoes", "Alder poles", "Lichen hat", "Hearth mat R4", "Skyline head torch", "Col gaiters", "Cairn 22 daypack", "Trailhead socks",
}

var towns = []string{"Innsbruck", "Chur", "Aosta", "Grenoble", "Bergen", "Inverness", "Keswick", "Bolzano", "Zakopane", "Bled", "Jaca", "Briançon", "Oban", "Brig", "Villach", "Sonthofen"}

var days = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

var sizes = []string{"S", "M", "L", "XL", "38", "40", "42", "44"}

var carriers = []string{"Parcel Post", "Northway", "Swift Line", "Alpine Freight"}
