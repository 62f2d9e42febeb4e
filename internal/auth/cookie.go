package auth

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"
)

// A cookie's value is base64url of 8 bytes, its end in Unix seconds, followed by 32 bytes of HMAC-SHA256 over them.
const cookieBytes = 8 + 32

func (g *Gate) sign(end time.Time) string {
	value := binary.BigEndian.AppendUint64(nil, uint64(end.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(value, sum(g.key, string(value))...))
}

func (g *Gate) validCookie(text string) bool {
	value, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(value) != cookieBytes {
		return false
	}
	end, mac := value[:8], value[8:]
	if !hmac.Equal(mac, sum(g.key, string(end))) {
		return false
	}
	return g.o.Now().Unix() < int64(binary.BigEndian.Uint64(end))
}

func (g *Gate) setCookie(w http.ResponseWriter, value string, lifetime time.Duration) {
	seconds := int(lifetime / time.Second)
	if value == "" {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: g.cookie, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: g.o.Secure,
	})
}
