package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
)

// Shares signs the links that show one trace to whoever has them. A token is base64url of: a version, 16 bytes of the link's id, 8 bytes of
// its end in Unix seconds, the project's length as a byte, the project, the trace's id, and 32 bytes of HMAC-SHA256 over all of that.
type Shares struct{ key []byte }

const (
	shareVersion = 1
	shareHead    = 1 + 16 + 8 + 1
	// maxToken bounds the text of a token; ids of traces have 512 bytes at most.
	maxToken = 2048
)

// NewShares returns Shares with a key that is derived from the key of cookies. The password is not part of it: a new password signs people out, and
// links stay valid.
func NewShares(key []byte) *Shares { return &Shares{sum(key, "share")} }

// Token returns the signed text of a share.
func (s *Shares) Token(x access.Share) string {
	b := append([]byte{shareVersion}, x.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(x.Ends.Unix()))
	b = append(b, byte(len(x.Project)))
	b = append(append(b, x.Project...), x.TraceID...)
	return base64.RawURLEncoding.EncodeToString(append(b, sum(s.key, string(b))...))
}

// Share reads a token. ok is false if the token was not signed with this key. Share does not check whether the link has expired.
func (s *Shares) Share(token string) (x access.Share, ok bool) {
	if len(token) > maxToken {
		return x, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < shareHead+sha256.Size {
		return x, false
	}
	b, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(mac, sum(s.key, string(b))) || b[0] != shareVersion {
		return x, false
	}
	project := int(b[shareHead-1])
	if len(b) < shareHead+project || !utf8.Valid(b[shareHead:]) {
		return x, false
	}
	x.ID = uuid.UUID(b[1:17])
	x.Ends = time.Unix(int64(binary.BigEndian.Uint64(b[17:25])), 0)
	x.Project, x.TraceID = string(b[shareHead:shareHead+project]), string(b[shareHead+project:])
	return x, true
}
