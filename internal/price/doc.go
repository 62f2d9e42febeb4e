// Package price calculates the costs of model calls, with the reason for each figure. Prices come from two tables that are part of the program:
// genai-prices, which has them by date, time of day, length of the prompt and service tier, and litellm's for models that the first lacks. Prices
// that an operator sets have priority over both.
//
// A model is found only by the tables' own rules. If they do not find it there is no price and the cost is unknown; nothing is guessed from a similar
// name.
package price

//go:generate python3 refresh.py
