package ingest

import (
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Every row of a delivery has the delivery's project, also if two projects send the same ids and their requests are committed together.
func TestEveryRowIsOfTheProjectOfItsDelivery(t *testing.T) {
	m := newMemory()
	var got []store.Batch
	m.OnCommit = func(b *store.Batch) error {
		got = append(got, *b)
		return nil
	}
	projects := []string{"shop", "help"}
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		var answers []chan error
		for _, project := range append([]string{"first"}, projects...) { // the first one holds the committer, the others share a commit
			who := event(1)
			who.Identities = []model.Identity{{ID: "u", OtherID: "a"}}
			d := delivery(who, recording(1), nameless())
			d.Project = project
			d.Refused = []model.Refusal{{Reason: model.ReasonNotObject, Count: 1}}
			answers = append(answers, sendDelivery(t.Context(), p, d))
		}
		open()
		for _, answer := range answers {
			if err := <-answer; err != nil {
				t.Error(err)
			}
		}
	})
	if len(got) != 2 {
		t.Fatalf("%d commits", len(got))
	}
	b := got[1]
	if len(b.Events) != 2 || len(b.Contents) != 2 || len(b.Identities) != 2 || len(b.Blocks) != 2 || len(b.Refusals) != 4 {
		t.Fatalf("%d events, %d contents, %d identities, %d blocks, %d refusals", len(b.Events), len(b.Contents), len(b.Identities), len(b.Blocks), len(b.Refusals))
	}
	for i, project := range projects {
		if b.Events[i].Project != project || b.Contents[i].Project != project || b.Identities[i].Project != project || b.Blocks[i].Project != project {
			t.Errorf("rows of %s: event of %q, content of %q, identity of %q, block of %q", project, b.Events[i].Project, b.Contents[i].Project, b.Identities[i].Project, b.Blocks[i].Project)
		}
	}
	counts := map[string]int64{}
	for _, r := range b.Refusals {
		counts[r.Project+" "+string(r.Reason)] += r.Count
	}
	for _, project := range projects {
		for _, reason := range []model.Reason{model.ReasonNotObject, model.ReasonNoName} {
			if n := counts[project+" "+string(reason)]; n != 1 {
				t.Errorf("%s of %s counted %d times", reason, project, n)
			}
		}
	}
}
