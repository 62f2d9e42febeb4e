// Package model has the types that all other packages share: what SDKs sent, what was derived from it, and what is shown. It only has types, and
// imports nothing from this project.
//
// Times are Unix milliseconds (…MS) unless a name says otherwise. A zero time means "unknown".
package model
