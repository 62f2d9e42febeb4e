package otlp

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
)

// tree is what numbered attributes say together: "0.role", "0.tool_calls.1.name" and so on are [{"role":…,"tool_calls":[…]}].
type tree struct {
	v       *commonpb.AnyValue
	members map[string]*tree
	// used are the indexes of the attributes in the tree.
	used []int
}

// maxPath is the largest number of parts of a numbered name.
const maxPath = 12

// wrappers are parts of names that only say to what the next part belongs: "0.message.tool_calls.0.tool_call.function.name" of OpenInference.
var wrappers = map[string]bool{"message": true, "message_content": true, "tool_call": true, "tool": true, "document": true, "embedding": true}

// renamed are names of OpenInference, with the names that others use instead.
var renamed = map[string]string{"contents": "content", "image.image.url": "image_url.url", "audio.audio.url": "audio.url"}

// add adds an attribute to the tree; index is its index among all attributes of the record.
func (t *tree) add(index int, name string, v *commonpb.AnyValue) {
	t.used = append(t.used, index)
	at := t
	for i := 0; name != ""; i++ {
		if to, is := renamed[name]; is {
			name = to
		}
		part, rest, more := strings.Cut(name, ".")
		if i == maxPath {
			part, rest = name, ""
		}
		name = rest
		if more && wrappers[part] {
			continue
		}
		if to, is := renamed[part]; is {
			part = to
		}
		if at.members == nil {
			at.members = map[string]*tree{}
		}
		next := at.members[part]
		if next == nil {
			next = new(tree)
			at.members[part] = next
		}
		at = next
	}
	at.v = v
}

// appendJSON appends the tree as JSON: as an array if all names are numbers.
func (t *tree) appendJSON(dst []byte) []byte {
	if len(t.members) == 0 {
		return appendJSON(dst, t.v)
	}
	names := slices.Collect(maps.Keys(t.members))
	numbers := make(map[string]int, len(names))
	for _, name := range names {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 {
			break
		}
		numbers[name] = n
	}
	list := len(numbers) == len(names)
	open, end := byte('{'), byte('}')
	if list {
		open, end = '[', ']'
	}
	slices.SortFunc(names, func(a, b string) int {
		if list {
			return cmp.Or(cmp.Compare(numbers[a], numbers[b]), cmp.Compare(a, b))
		}
		return cmp.Compare(a, b)
	})
	dst = append(dst, open)
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		if !list {
			dst = append(appendQuoted(dst, name), ':')
		}
		dst = t.members[name].appendJSON(dst)
	}
	return append(dst, end)
}
