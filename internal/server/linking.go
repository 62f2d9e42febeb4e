package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/query"
)

// linking counts the generations of each project that are linked to recordings, and the reasons why others are not.
func (s *storages) linking(ctx context.Context, projects []string) (notes []string, err error) {
	q := query.New(query.Options{Store: s.store, Blocks: s.blocks, Projects: projects})
	for _, project := range projects {
		d, err := q.Doctor(ctx, access.Scope{Project: project}, query.Narrowing{})
		if err != nil {
			return notes, err
		}
		about := ""
		if len(projects) > 1 {
			about = "project " + project + ": "
		}
		notes = append(notes, describeLinks(about, d)...)
	}
	return notes, nil
}

// describeLinks formats the result of Doctor for people.
func describeLinks(about string, d query.Doctor) (notes []string) {
	w := d.Whole
	if w.Generations == 0 {
		return []string{about + "there are no generations of the last seven days to link"}
	}
	var by []string
	for _, m := range d.Methods {
		by = append(by, fmt.Sprintf("%d %s", m.Generations, m.Method))
	}
	first := fmt.Sprintf("%s%d of %d generations are linked to a recording (%.0f %%)", about, w.Linked, w.Generations, 100**w.Share)
	if len(by) > 0 {
		first += ": " + strings.Join(by, ", ")
	}
	notes = append(notes, first)
	for _, p := range d.Problems {
		from := ""
		if p.Library != "" {
			from = " of " + p.Library
		}
		note := fmt.Sprintf("%s%d generations%s are not linked (%s). %s", about, p.Generations, from, p.Reason, p.Detail)
		if p.Fix != "" {
			note += "\n      " + strings.ReplaceAll(p.Fix, "\n", "\n      ")
		}
		notes = append(notes, note)
	}
	return notes
}

// AskLinks asks a running server how many generations are linked. The password may be "".
func AskLinks(ctx context.Context, base, password string) (notes []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/doctor", nil)
	if err != nil {
		return nil, err
	}
	if password != "" {
		request.SetBasicAuth("", password)
	}
	direct := &http.Transport{DisableKeepAlives: true} // do not use a proxy from the environment
	response, err := direct.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", base, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, query.MaxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", base, err)
	}
	if response.StatusCode != http.StatusOK {
		var said struct{ Detail string }
		_ = json.Unmarshal(body, &said) // without a detail only the status is shown
		return nil, fmt.Errorf("%s answers %s: %s", base, response.Status, said.Detail)
	}
	var d query.Doctor
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, fmt.Errorf("%s is no Playhead server that can say what is linked: %w", base, err)
	}
	return describeLinks("", d), nil
}
