// Package hours keeps sums over generations by the hour in which they began, so that sums over long ranges of time read only the hours that have
// changed since, and the ends of the range. Counts and sums of parts add up to those of the whole, and so do the spreads from which percentiles are
// computed, and the sets of hashes from which distinct values are counted.
//
// Everything is in memory and can be read again. An engine says which hours are still valid: the only writer of an embedded storage reports the hours
// that it changes, and other storages compare the stamps of hours, see Engine.Stamps.
package hours
