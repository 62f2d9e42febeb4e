package replay

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Pages calls use with the page of a window as it is at fromMS, and then as it is at the end of each step of stepMS in which its content may have
// changed, up to untilMS. The page is that of Page, and valid until use returns; use returns false to end it. There are no calls when there is
// no page: no full snapshot can be read, or the page is too large. It ends early when the page becomes too large, and whole is false then.
// All is read in one go, so a range costs as much as playing it.
func (c *Checkpoints) Pages(ctx context.Context, src Source, window string, index []model.Block, fromMS, untilMS, stepMS int64, use func(page *dom.Tree, atMS int64) bool) (whole bool, err error) {
	done, err := c.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	p := newPlayback(ctx, src, index)
	m, err := c.begin(p, window, fromMS)
	if err != nil {
		return false, err
	}
	fromMS = max(fromMS, p.from.ms)
	untilMS = max(untilMS, fromMS)
	next, changed, stopped := fromMS, true, false
	var failed error
	p.play(untilMS, func(at position, line []byte, err error) bool {
		if failed = err; failed != nil {
			return false
		}
		if at.ms > next {
			if changed && m.tree.HasPage() {
				if stopped = !use(m.tree, next); stopped {
					return false
				}
			}
			next, changed = next+(at.ms-next+stepMS-1)/stepMS*stepMS, false
		}
		changed = changed || changesContent(line)
		failed = m.apply(at, line)
		return failed == nil
	})
	switch {
	case errors.Is(failed, errNoCheckpoint):
		return false, nil
	case failed != nil:
		return false, failed
	}
	if changed && !stopped && m.tree.HasPage() {
		use(m.tree, min(next, untilMS))
	}
	return true, nil
}

// sourceMutation is the source of changes of a page's elements.
const sourceMutation = 0

// changesContent reports whether an event may change what a page says: nearly all others are movements of the mouse.
func changesContent(line []byte) bool {
	if lineType(line) != typeIncremental {
		return true
	}
	source, ok := rawjson.Float(rawjson.Path(line, "data", "source"))
	return !ok || source == sourceMutation || source == sourceInput
}
