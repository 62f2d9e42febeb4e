package intake

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

var utf8Seeds = []string{
	"", "plain ascii, longer than eight bytes", "\u0080\u00ff\u07ff", "1234567\u00e9", "12345678\u00e9", "漢字 and é and 😀",
	"1234567\xc3", "12345678\xc3", "1234567\xc3x", "\xa9", "12345678\xa9", "\xc3\xc3\xa9\xa9....", "\xc0\x80......", "\xc1\xbf......",
	"\xed\xa0\x80.....", "\xf5\x80\x80\x80....", "\xff\xfe......", "1234567\xe6\xbc\xa2", "123456\xc3\xa9\xe6\xbc\xa2", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xa9",
}

func TestValidUTF8(t *testing.T) {
	for _, text := range utf8Seeds {
		for pad := range 9 {
			b := []byte(strings.Repeat("x", pad) + text)
			if validUTF8(b) != utf8.Valid(b) {
				t.Errorf("%q: %t", b, validUTF8(b))
			}
		}
	}
	b := &Body{work: alone(context.Background()), Data: []byte("{\"a\":\"x\xff\xfey\xc3\"}")}
	if err := b.Repair(); err != nil {
		t.Fatal(err)
	}
	if got := string(b.Data); got != "{\"a\":\"x\ufffdy\ufffd\"}" {
		t.Errorf("repaired to %q", got)
	}
}

func FuzzValidUTF8(f *testing.F) {
	for _, text := range utf8Seeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if validUTF8(b) != utf8.Valid(b) {
			t.Fatalf("%q: %t", b, validUTF8(b))
		}
	})
}
