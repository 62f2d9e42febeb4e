package link

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// Ahead returns a function that returns by how many milliseconds the browser's clock was ahead of the clock of an event's sender when the event began.
func Ahead(rec *model.Recording) func(*model.Event) int64 {
	if rec == nil {
		return func(*model.Event) int64 { return 0 }
	}
	browser := clock.Of(rec.Uploads)
	return func(e *model.Event) int64 {
		sender := senderOf(*e)
		return browser.At(e.StartMS - sender.MS).Minus(sender).MS
	}
}

// BrowserAhead returns a function that returns by how many milliseconds a window's browser clock was ahead of the server's when it sent a block.
func BrowserAhead(index []model.Block) func(*model.Block) int64 {
	browser := BrowserClock(index)
	return func(b *model.Block) int64 {
		if o := browser.At(b.ReceivedMS); o.Known() {
			return o.MS
		}
		return max(0, b.LastMS-b.ReceivedMS) // data are not sent before they are recorded
	}
}

// BrowserClock returns the clock of the browser that sent some blocks, compared with the server's.
func BrowserClock(index []model.Block) clock.Clock {
	var uploads []model.Upload
	for i := range index {
		if index[i].SentMS > 0 {
			uploads = append(uploads, model.Upload{SentMS: index[i].SentMS, ReceivedMS: index[i].ReceivedMS})
		}
	}
	slices.SortFunc(uploads, func(a, b model.Upload) int {
		return cmp.Or(cmp.Compare(a.ReceivedMS, b.ReceivedMS), cmp.Compare(a.SentMS, b.SentMS))
	})
	return clock.Of(uploads)
}
