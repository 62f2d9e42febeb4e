// Package price says what calls of models cost, and why. Prices are from two tables that are part of the program: genai-prices, which has
// them by date, time of day, length of the prompt and service tier, and litellm's where the first has none. Prices that an operator names win over both.
//
// A model is found by the tables' own rules alone. What they do not find has no price: the cost is not known, and nothing is guessed from a name
// that looks like it.
package price

//go:generate python3 refresh.py
