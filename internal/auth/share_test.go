package auth

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
)

func TestShares(t *testing.T) {
	shares := NewShares([]byte("a key of this installation, long enough"))
	for _, x := range []access.Share{
		{ID: uuid.New(), Project: "default", TraceID: "t-1", Ends: time.Unix(1_800_000_000, 0)},
		{ID: uuid.New(), Project: "größe", TraceID: "a/b ~ ü\x00" + strings.Repeat("x", 500), Ends: time.Unix(1, 0)},
		{ID: uuid.New()},
	} {
		x.Ends = time.Unix(x.Ends.Unix(), 0)
		token := shares.Token(x)
		if got, ok := shares.Share(token); !ok || got != x {
			t.Errorf("got %+v %v, want %+v", got, ok, x)
		}
		if again := NewShares([]byte("a key of this installation, long enough")).Token(x); again != token {
			t.Error("another server with the same key makes another token")
		}
		if _, ok := NewShares([]byte("another key, which is as long as it is")).Share(token); ok {
			t.Error("a token of another key is accepted")
		}
		raw, _ := base64.RawURLEncoding.DecodeString(token)
		for i := range raw {
			changed := append([]byte{}, raw...)
			changed[i] ^= 1
			if _, ok := shares.Share(base64.RawURLEncoding.EncodeToString(changed)); ok {
				t.Fatalf("a token whose byte %d was changed is accepted", i)
			}
			if _, ok := shares.Share(base64.RawURLEncoding.EncodeToString(raw[:i])); ok {
				t.Fatalf("a token that was cut off at byte %d is accepted", i)
			}
		}
	}
	for _, bad := range []string{"", "x", "!!", strings.Repeat("A", 100), strings.Repeat("A", 10_000)} {
		if _, ok := shares.Share(bad); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// A cookie is not accepted as a share, and a share not as a cookie, although both are signed with keys from the same one.
func TestSharesAreNoCookies(t *testing.T) {
	key := []byte("a key of this installation, long enough")
	gate := New(Options{Required: true, Key: key})
	shares := NewShares(key)
	if gate.validCookie(shares.Token(access.Share{Ends: time.Now().Add(time.Hour)})) {
		t.Error("a share signs in")
	}
	if _, ok := shares.Share(gate.sign(time.Now().Add(time.Hour))); ok {
		t.Error("a cookie is a share")
	}
}
