package api

import (
	"bytes"
	"testing"
)

// Whatever the script contains, it does not close its own element.
func TestInScript(t *testing.T) {
	if got := inScript([]byte(`a("</script>"); b`)); bytes.Contains(got, []byte("</script")) || !bytes.Contains(got, []byte(`<\/script>`)) {
		t.Errorf("%s", got)
	}
}
