// Package model holds the values every other package speaks of: what an SDK sent, what was made of it, and what is
// shown. Types only; it imports nothing of ours.
//
// Times are Unix milliseconds (…MS) unless a name says otherwise. A zero time means "not known".
package model
