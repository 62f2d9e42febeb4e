package s3

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	for url, want := range map[string]string{
		"s3://recordings/a/b?endpoint=https://minio.example.com:9000":        "recordings a/b/ minio.example.com:9000 true us-east-1",
		"s3://recordings?endpoint=http://127.0.0.1:9000&region=eu-central-1": "recordings  127.0.0.1:9000 false eu-central-1",
		"s3://recordings/?region=eu-central-1":                               "recordings  s3.amazonaws.com true eu-central-1",
		"s3://recordings/a/?endpoint=minio.example.com":                      "recordings a/ minio.example.com true us-east-1",
		"s3://recordings":                                         "error: a region is needed",
		"s3://key:secret@recordings?region=x":                     "error: keys do not belong in the address",
		"s3://Recordings?region=x":                                "error: not the name of a bucket",
		"s3://recordings/../x?region=x":                           "recordings ../x/ s3.amazonaws.com true x",
		"s3://recordings/a b?region=x":                            "error: the prefix",
		"s3://recordings?regoin=x":                                `error: there is no setting "regoin"`,
		"s3://recordings?region=EU":                               "error: is not a region",
		"s3://recordings?endpoint=ftp://x":                        "error: the endpoint is not an address",
		"s3://recordings?endpoint=https://user:secret@x":          "error: the endpoint is not an address",
		"./recordings":                                            "error: the form is",
		"s3://":                                                   "error: not the name of a bucket",
		"s3://recordings?endpoint=https://minio.example.com/path": "error: the endpoint is not an address",
		"s3://my.recordings?region=eu-central-1":                  "my.recordings  s3.amazonaws.com true eu-central-1",
	} {
		at, err := parse(url)
		got := strings.Join([]string{at.bucket, at.prefix, at.host, map[bool]string{true: "true", false: "false"}[at.secure], at.region}, " ")
		if says, fails := strings.CutPrefix(want, "error: "); fails {
			if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret@") {
				t.Errorf("%s: %v, want %q", url, err, says)
			}
		} else if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", url, got, err, want)
		}
	}
}

func TestKey(t *testing.T) {
	at := location{bucket: "b", prefix: "p/"}
	for name, want := range map[string]string{"Node 1": "node-1", "__": "node", "web-7.example.com": "web-7-example-com", strings.Repeat("x", 60): strings.Repeat("x", 40)} {
		node := nodeName(name)
		if node != want {
			t.Errorf("node %q is %q, want %q", name, node, want)
		}
		key, err := newKey("shop-1", time.Date(2025, 10, 9, 23, 30, 0, 0, time.UTC), node)
		if err != nil || !keys.MatchString(key) {
			t.Errorf("key %q, %v", key, err)
		}
		if back, ok := at.key(at.object(key)); !ok || back != key {
			t.Errorf("the key of %s is %s", at.object(key), back)
		}
	}
	for _, object := range []string{"", "p/x.blocks", "q/default/2025-10-09/23/n/0199c000-0000-7000-8000-000000000000.blocks", "p/2025-10-09/23/n/0199c000-0000-7000-8000-000000000000.blocks", "p/default/2025-10-09/23/n/0199c000-0000-7000-8000-000000000000"} {
		if key, ok := at.key(object); ok {
			t.Errorf("%q is ours: %s", object, key)
		}
	}
}
