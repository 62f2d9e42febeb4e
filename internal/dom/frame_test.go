package dom

import "testing"

func TestFromFrame(t *testing.T) {
	const document = `"adds":[{"parentId":50,"nextId":null,"node":{"type":0,"childNodes":[],"id":51}}],"removes":[],"texts":[],"attributes":[]`
	for event, want := range map[string]bool{
		`{"timestamp":1,"type":3,"data":{"source":0,` + document + `,"isAttachIframe":true}}`: true,
		`{"type":3,"data":{"source":0,` + document + `,"isAttachIframe":true},"timestamp":1}`: false,
		`{"timestamp":1,"type":3,"data":{"source":0,` + document + `}}`:                       false,
		`{"timestamp":1}`: false,
	} {
		if got := FromFrame([]byte(event)); got != want {
			t.Errorf("%s: %t", event, got)
		}
	}
}
