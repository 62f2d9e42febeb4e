package history

// What people search for in the help pages of the shop, and what the search box answers from them.

const searchPrompt = "Answer the question from the passages below and from nothing else, in at most three sentences. Name the page that you used in brackets. If the passages do not say it, say so."

// question is one that the help pages answer.
type question struct {
	asked   []string
	answers []string
	pages   []string
	passage string
}

var searchQuestions = []question{
	{
		[]string{"wash down jacket", "how to wash a down quilt", "can i put down in the dryer"},
		[]string{"Wash down at 30 °C with a special detergent and dry it on low with two tennis balls, for up to three hours [Care of down].", "Down can go into the dryer on low. Take it out and shake it every half hour until there are no lumps [Care of down]."},
		[]string{"Care of down", "Washing machines", "Storing sleeping bags"}, "Down is washed at 30 °C with a detergent for down, without softener. It is dried on low with two tennis balls, which takes up to three hours.",
	},
	{
		[]string{"water column meaning", "what does 20000 mm mean", "waterproof rating rain jacket"},
		[]string{"The water column says how much pressure the fabric withstands before it leaks. From 10,000 mm it stays dry under a pack, 20,000 mm is for days of rain [Waterproof ratings]."},
		[]string{"Waterproof ratings", "Choosing a shell"}, "The water column is the height of water in millimetres that a fabric withstands. 10,000 is enough under a pack, 20,000 for days of rain.",
	},
	{
		[]string{"r-value sleeping mat", "which mat for winter", "mat warm enough for snow"},
		[]string{"For snow you need an R-value of 5 or more; 2 is enough in summer and 4 in autumn [Mats and R-values].", "The R-value tells how well a mat insulates. Two mats on each other add up: R 2 and R 3 make R 5 [Mats and R-values]."},
		[]string{"Mats and R-values", "Sleeping warm"}, "R-values say how well a mat insulates: 2 for summer, 4 for autumn, 5 and more for snow. The values of two mats add up.",
	},
	{
		[]string{"gas cartridge on plane", "can I fly with a stove", "stove hand luggage"},
		[]string{"Cartridges are not allowed on planes, neither in hand luggage nor checked in. A clean, empty stove may be checked in [Travelling with gear]."},
		[]string{"Travelling with gear", "Stoves"}, "Gas cartridges may not be taken on planes at all. Stoves must be clean and empty and go into checked luggage.",
	},
	{
		[]string{"reproof rain jacket", "jacket does not repel water anymore", "restore dwr"},
		[]string{"Wash the jacket and put it into the dryer on low for 20 minutes: heat brings the repellency back. If water still soaks in, use a spray [Care of shells]."},
		[]string{"Care of shells", "Sprays and wash-ins"}, "Repellency comes back with heat: wash, then dry on low for 20 minutes. A spray or a wash-in is needed only if that does not help.",
	},
	{
		[]string{"pack size for a week", "how many litres backpack", "40 or 60 litre pack"},
		[]string{"For a week in huts 40 to 48 litres are enough; with tent and food take 55 to 65 [Choosing a pack].", "Forty litres do for huts. With a tent you want sixty, unless your sleeping bag is very small [Choosing a pack]."},
		[]string{"Choosing a pack", "Fitting a pack"}, "In huts 40 to 48 litres are enough for a week. With a tent, mat and food it is 55 to 65.",
	},
	{
		[]string{"hiking boots break in", "new shoes blisters", "how to avoid blisters"},
		[]string{"Wear new shoes for an hour a day for a week before a long walk. Two thin pairs of socks and tape on the heel prevent most blisters [Feet]."},
		[]string{"Feet", "Fitting shoes"}, "Most blisters come from new shoes and wet socks. An hour a day for a week is enough to break shoes in; tape the heel before it hurts.",
	},
	{
		[]string{"water filter frozen", "is my filter still good", "filter in winter"},
		[]string{"A filter that froze wet may be broken inside without showing it. Replace it, and carry it in your jacket when it is cold [Filters]."},
		[]string{"Filters", "Drinking water"}, "Hollow fibres burst when they freeze wet. It cannot be seen, so a filter that froze has to be replaced.",
	},
	{
		[]string{"tent condensation", "wet inside tent in the morning", "tent ventilation"},
		[]string{"That is condensation, not a leak. Open both vents, pitch away from water and keep a hand's width between the inner and outer tent [Tents]."},
		[]string{"Tents", "Pitching"}, "Water inside in the morning is condensation. Vents on both sides, a pitch away from water and a taut flysheet help.",
	},
	{
		[]string{"return period", "how long can I return", "return used gear"},
		[]string{"Sixty days, used or not, and without a fee [Returns]."},
		[]string{"Returns", "Repairs"}, "Everything can be returned within 60 days, used or not. Returns are free.",
	},
	{
		[]string{"gift card balance", "where do I enter a voucher", "voucher code"},
		[]string{"Vouchers go into the field Code in the basket. The balance of a gift card is shown under Your account [Paying]."},
		[]string{"Paying", "Gift cards"}, "Codes are entered in the basket, one for each order. The balance of gift cards is in the account.",
	},
	{
		[]string{"pole length", "which size trekking poles", "poles for 175 cm"},
		[]string{"Your elbow should make a right angle: that is height times 0.68, so about 120 cm at 175 cm [Poles]."},
		[]string{"Poles", "Going downhill"}, "The length is height times 0.68. Make poles 5 cm shorter uphill and 5 cm longer downhill.",
	},
	{
		[]string{"bear canister rules", "store food in camp", "animals food tent"},
		[]string{"Keep food out of the tent: hang it four metres high and two from the trunk, or use a canister where it is required [Food in camp]."},
		[]string{"Food in camp", "Leave no trace"}, "Food is hung four metres high and two metres from the trunk, at least 50 metres from the tent. Some parks demand canisters.",
	},
	{
		[]string{"rent a tent", "rental prices", "can I borrow gear"},
		[]string{"Tents, packs and stoves can be rented in all shops. A weekend is 45, a week 90; reserve two days before [Renting]."},
		[]string{"Renting", "Shops"}, "All shops rent tents, packs and stoves. A set is 45 for a weekend and 90 for a week.",
	},
	{
		[]string{"repair zipper", "zip slider broken", "spare parts"},
		[]string{"Most zips fail at the slider, which costs 3 and is changed in five minutes. The workshop does it for free within three years [Repairs]."},
		[]string{"Repairs", "Spare parts"}, "A worn slider is the usual reason of a zip that opens behind itself. Sliders are in the shop under Repair.",
	},
	{
		[]string{"sleeping bag comfort limit", "quilt temperature rating", "what does comfort 0 mean"},
		[]string{"At the comfort temperature a person who freezes easily sleeps well; at the limit one who does not. Plan with the comfort value [Sleeping warm]."},
		[]string{"Sleeping warm", "Down or synthetic"}, "Comfort is the temperature at which a person who freezes easily sleeps well, limit is for one who does not.",
	},
	{
		[]string{"carbon or aluminium poles", "carbon pole broken", "are carbon poles worth it"},
		[]string{"Carbon saves about 100 g a pair, but it breaks where aluminium bends. For rocky ground take aluminium [Poles]."},
		[]string{"Poles", "Materials"}, "Carbon poles are 100 g lighter and break suddenly. Aluminium bends and can often be bent back.",
	},
	{
		[]string{"kids carrier age", "hiking with a baby", "child carrier weight limit"},
		[]string{"A child must be able to sit by itself, usually from nine months; the carrier holds up to 18 kg [Hiking with children]."},
		[]string{"Hiking with children", "Carriers"}, "Carriers are for children who can sit by themselves. They hold up to 18 kg of child and 3 kg of luggage.",
	},
}

// unanswered are questions that the help pages do not answer.
var unanswered = []string{"discount for mountain guides", "is the founder still on the board", "drone allowed in national park", "job openings", "vegan sleeping bag glue", "price of everest permit"}

const noAnswer = "The help pages do not say that. The assistant in the shop may know more."
