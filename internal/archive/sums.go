package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/bits"
)

// Kinds of rows.
const (
	Events     = "events"
	Contents   = "contents"
	Identities = "identities"
	Blocks     = "blocks"
	Saved      = "saved"
	Refusals   = "refusals"
)

// Kinds are all kinds of rows, in the order in which they are moved.
var Kinds = []string{Events, Contents, Identities, Blocks, Saved, Refusals}

// Sum is the count and the checksum of rows. It does not depend on their order.
type Sum struct {
	Rows     int64    `json:"rows"`
	Checksum checksum `json:"checksum"`
}

type checksum struct{ high, low uint64 }

// String returns the checksum as 32 hexadecimal digits.
func (c checksum) String() string {
	return hex.EncodeToString(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, c.high), c.low))
}

// MarshalText returns what String returns.
func (c checksum) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what String returns.
func (c *checksum) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != 16 {
		return fmt.Errorf("%q is not a checksum", text)
	}
	c.high, c.low = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	return nil
}

func (c checksum) plus(d checksum) checksum {
	low, carry := bits.Add64(c.low, d.low, 0)
	high, _ := bits.Add64(c.high, d.high, carry)
	return checksum{high, low}
}

// print is the fingerprint of one row.
func print(row any) (checksum, error) {
	text, err := json.Marshal(row)
	if err != nil {
		return checksum{}, err
	}
	sum := sha256.Sum256(text)
	return checksum{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}, nil
}

// Sums has the sum of each kind of rows.
type Sums map[string]Sum

// newSums returns the sums of no rows.
func newSums() Sums {
	s := Sums{}
	for _, kind := range Kinds {
		s[kind] = Sum{}
	}
	return s
}

func (s Sums) add(kind string, print checksum) {
	sum := s[kind]
	s[kind] = Sum{sum.Rows + 1, sum.Checksum.plus(print)}
}

func (s Sums) addAll(other Sums) {
	for kind, o := range other {
		sum := s[kind]
		s[kind] = Sum{sum.Rows + o.Rows, sum.Checksum.plus(o.Checksum)}
	}
}
