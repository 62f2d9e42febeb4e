package query

import (
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

func TestOverview(t *testing.T) {
	w, _ := talks(t)
	w.event(model.KindGeneration, "earlier", -3600_000, by("ada"), priced(3), func(e *model.Event) { e.Model, e.Release = "gpt-4o", "v1" })
	w.event(model.KindGeneration, "t6", 70_000, by("ada"), priced(0.25), func(e *model.Event) {
		e.Model, e.Release, e.FirstTokenMS, e.Tokens.CacheRead = "gpt-4o", "v1", 400, 4
		e.Tokens.CacheWrite, e.Tokens.CacheWrite1h, e.Tokens.InputAudio, e.Tokens.CacheReadAudio, e.Tokens.OutputAudio, e.Tokens.InputImage, e.Tokens.OutputImage = 3, 2, 5, 1, 2, 6, 1
	})
	w.event(model.KindGeneration, "t7", 80_000, by("ada"), func(e *model.Event) { e.Model, e.Release = "claude", "v2" })
	w.commit()
	from := now - time.Hour.Milliseconds()
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }
	o, err := w.Overview(t.Context(), scope, OverviewRequest{
		Narrowing: Narrowing{From: at(from), To: at(from + 3600_000)}, Bucket: "10m", By: "model", Limit: 2, Compare: true, Zone: "Europe/Berlin",
	})
	if err != nil {
		t.Fatal(err)
	}
	all := o.Totals
	if all.Generations != 8 || all.Traces != 7 || all.People != 3 || *all.CostUSD != 2 || all.Unpriced != 1 || all.Errors != 3 || *all.ErrorRate != 3.0/8 ||
		*all.LatencyP50S != 1 || *all.TTFTP50S != 0.4 || all.InputTokens != 80 || *all.CacheHitRate != 0.4 || *all.LinkedRate != 0 || *all.CostPerPersonUSD != 2.0/3 {
		t.Errorf("totals: %s", shownAs(t, all))
	}
	if all.CacheReadTokens != 4 || all.CacheWriteTokens != 3 || all.CacheWrite1hTokens != 2 || all.AudioInputTokens != 5 || all.CacheReadAudioTokens != 1 || all.AudioOutputTokens != 2 ||
		all.ImageInputTokens != 6 || all.ImageOutputTokens != 1 {
		t.Errorf("tokens by kind: %s", shownAs(t, all))
	}
	if p := o.Previous; p == nil || p.ToMS != o.FromMS || p.FromMS != from-3600_000 || p.Totals.Generations != 1 || *p.Totals.CostUSD != 3 || len(p.Series) == 0 {
		t.Errorf("before: %s", shownAs(t, o.Previous))
	}
	sum := int64(0)
	for i, step := range o.Series {
		sum += step.Generations
		if i > 0 && step.AtMS-o.Series[i-1].AtMS != 600_000 {
			t.Errorf("step %d begins at %d", i, step.AtMS)
		}
	}
	if sum != 8 || len(o.Series) < 6 || o.Bucket != "10m" || o.Series[len(o.Series)-1].CostUSD != nil {
		t.Errorf("series of %d steps with %d generations: %s", len(o.Series), sum, shownAs(t, o.Series))
	}
	if len(o.Groups) != 2 || !o.Others || o.Groups[0].Value != "gpt-4o" || o.Groups[0].Totals.Generations != 4 || o.Groups[0].Previous.Generations != 1 ||
		o.Groups[1].Value != "claude" || o.Groups[1].Totals.Generations != 2 || o.Groups[1].Previous.Generations != 0 || o.Groups[0].Q != "model:gpt-4o" {
		t.Errorf("by model: %s", shownAs(t, o.Groups))
	}
	if a := o.Annotations; len(a) != 1 || a[0].Text != "v2" || a[0].AtMS != from+80_000 {
		t.Errorf("releases that are new: %s", shownAs(t, a))
	}
	for what, r := range map[string]OverviewRequest{
		"tz": {Zone: "Nowhere"}, "bucket": {Bucket: "1x"}, "buckets": {Bucket: "1s", Narrowing: Narrowing{From: at(0 + 1), To: at(now)}}, "by": {By: "nothing"}, "by two": {By: "model,provider"},
		"by time": {By: "time(1h)"}, "limit": {Limit: 1000}, "q": {Narrowing: Narrowing{Q: "("}},
	} {
		if _, err := w.Overview(t.Context(), scope, r); !is(err, CodeBadInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
	everything, err := w.Overview(t.Context(), scope, OverviewRequest{})
	if err != nil || everything.Totals.Generations != 9 || everything.Previous != nil {
		t.Errorf("without a range: %s, %v", shownAs(t, everything.Totals), err)
	}
}
