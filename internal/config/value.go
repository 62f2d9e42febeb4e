package config

import (
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/price"
)

// Bytes is an amount of data, written "64MiB", "1.5 GB" or "4096".
type Bytes int64

var byteUnits = []struct {
	name string
	size int64
}{
	// Longer names first: "MiB" ends in "B", too.
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"b", 1}, {"", 1},
}

// UnmarshalText reads the written form.
func (b *Bytes) UnmarshalText(text []byte) error {
	s := strings.ToLower(strings.TrimSpace(string(text)))
	for _, unit := range byteUnits {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || f < 0 || math.IsNaN(f) || f*float64(unit.size) >= math.MaxInt64 {
			break
		}
		*b = Bytes(f * float64(unit.size))
		return nil
	}
	return fmt.Errorf("%q is not a size such as 64MiB, 1.5GB or 4096", text)
}

// String returns the size in the largest unit that divides it.
func (b Bytes) String() string {
	for i := 3; i >= 0; i-- {
		if unit := byteUnits[i]; b != 0 && int64(b)%unit.size == 0 {
			return strconv.FormatInt(int64(b)/unit.size, 10) + [...]string{"KiB", "MiB", "GiB", "TiB"}[i]
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// Duration is a span of time, written as Go does ("90s", "1h30m"), or in days ("30d").
type Duration time.Duration

// UnmarshalText reads the written form.
func (d *Duration) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n <= 36500 {
			*d = Duration(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	parsed, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 30s, 1h30m or 30d", s)
	}
	*d = Duration(parsed)
	return nil
}

func (d Duration) String() string { return time.Duration(d).String() }

// Share is a part of something, written "50%".
type Share float64

// UnmarshalText reads the written form.
func (s *Share) UnmarshalText(text []byte) error {
	number, ok := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || math.IsNaN(f) || f < 1 || f > 100 {
		return fmt.Errorf("%q is not a share from 1%% to 100%%", text)
	}
	*s = Share(f / 100)
	return nil
}

func (s Share) String() string { return strconv.FormatFloat(float64(s)*100, 'g', 4, 64) + "%" }

// parse reads text into a setting's value, which is one of the types Config uses.
func parse(into any, text string) error {
	switch v := into.(type) {
	case *string:
		*v = strings.TrimSpace(text)
	case *[]string:
		*v = nil
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*v = append(*v, item)
			}
		}
	case *[]Project:
		*v = nil // the default: readProjects reads what is given
	case *[]price.Own:
		*v = nil // likewise readPrices
	case *[]ReadToken:
		*v = nil // likewise readReadTokens
	case *slog.Level:
		if v.UnmarshalText([]byte(strings.TrimSpace(text))) != nil {
			return fmt.Errorf("%q is not a log level: write debug, info, warn or error", text)
		}
	case *bool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "on", "1":
			*v = true
		case "false", "no", "off", "0":
			*v = false
		default:
			return fmt.Errorf("%q is neither true nor false", text)
		}
	case *int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a whole number", text)
		}
		*v = n
	case *Share:
		return v.UnmarshalText([]byte(text))
	case *Bytes:
		return v.UnmarshalText([]byte(text))
	case *Duration:
		return v.UnmarshalText([]byte(text))
	default:
		panic(fmt.Sprintf("settings of type %T are not supported", into))
	}
	return nil
}
