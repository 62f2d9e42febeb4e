package replay

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Pages calls use with the page of a window at fromMS, and then, up to untilMS, at the end of each step of stepMS in which its content may have
// changed. The page is as in Page, and valid until use returns. If use returns false, Pages ends. If there is no page, because no full snapshot can be
// read or the page is too large, use is not called. If the page becomes too large, Pages ends early, and whole is false. All events are read in one
// pass, so a range costs as much as playing it.
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

// changesContent reports whether an event may change the content of a page. Nearly all other events are movements of the mouse.
func changesContent(line []byte) bool {
	if lineType(line) != typeIncremental {
		return true
	}
	source, ok := rawjson.Float(rawjson.Path(line, "data", "source"))
	return !ok || source == sourceMutation || source == sourceInput
}
