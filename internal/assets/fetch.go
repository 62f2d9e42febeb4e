package assets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// Outcome is the result of fetching an address. Metrics use the values as labels.
type Outcome string

// Fetched, and the reasons why an asset was not fetched.
const (
	Fetched      Outcome = "fetched"
	Private      Outcome = "private_address" // the host's name resolves to an address that is not public
	OtherHost    Outcome = "other_host"      // it was redirected to a host that is not on the list
	TooMany      Outcome = "redirects"
	TooLarge     Outcome = "too_large"
	TooSlow      Outcome = "too_slow"
	WrongType    Outcome = "wrong_type"
	BadStatus    Outcome = "status"
	Unreachable  Outcome = "unreachable"
	Storage      Outcome = "storage"
	SessionLimit Outcome = "session_limit"
	Waiting      Outcome = "queue_full"
)

// Outcomes are all outcomes, in the order in which they are explained.
var Outcomes = []Outcome{Fetched, Private, OtherHost, TooMany, TooLarge, TooSlow, WrongType, BadStatus, Unreachable, Storage, SessionLimit, Waiting}

// temporary says whether a reason may pass within the hour.
func (o Outcome) temporary() bool {
	return o == TooSlow || o == BadStatus || o == Unreachable || o == Storage
}

var errRefused = errors.New("this address is not public")

// notPublic are networks that a server may reach and a stranger may not: private, local and special ones
// (https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry), and those that translate IPv4 addresses, because an address
// there can hide a private one.
var notPublic = func() (all []netip.Prefix) {
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}()

// IsPublic says whether the server may connect to an address.
func IsPublic(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	return at.IsValid() && at.IsGlobalUnicast() && !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(at) })
}

// onlyPublic is called with the IP address of each connection before it is made, whatever name was looked up: nothing can change the address after that.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !IsPublic(at.Addr()) {
		return fmt.Errorf("%w: %s", errRefused, address)
	}
	return nil
}

// mostRedirects is the largest number of redirects of an address.
const mostRedirects = 3

var (
	errOtherHost = errors.New("it leads to a host that is not on the list")
	errRedirects = errors.New("it leads through too many redirects")
)

// fetcher asks hosts. It has no cookies, no credentials, and no proxy, because a proxy would look up the names itself.
type fetcher struct {
	hosts    Hosts
	maxBytes int64
	timeout  time.Duration
	client   *http.Client
}

func newFetcher(hosts Hosts, maxBytes int64, timeout time.Duration, control func(network, address string, c syscall.RawConn) error, resolver *net.Resolver) *fetcher {
	if control == nil {
		control = onlyPublic
	}
	f := &fetcher{hosts: hosts, maxBytes: maxBytes, timeout: timeout}
	f.client = &http.Client{
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: timeout, Control: control, Resolver: resolver}).DialContext,
			TLSHandshakeTimeout:    timeout,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    workers,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			r.Header.Del("Referer")
			switch {
			case len(via) > mostRedirects:
				return errRedirects
			case !hosts.Allow(r.URL):
				return fmt.Errorf("%w: %s", errOtherHost, r.URL.Host)
			}
			return nil
		},
	}
	return f
}

// fetch asks for an address once.
func (f *fetcher) fetch(ctx context.Context, address string, kind Kind) (Asset, Outcome, error) {
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	a, outcome, err := f.get(limited, address, kind)
	if err != nil && outcome == Unreachable {
		var late net.Error
		switch {
		case errors.Is(err, errRefused):
			outcome = Private
		case errors.Is(err, errOtherHost):
			outcome = OtherHost
		case errors.Is(err, errRedirects):
			outcome = TooMany
		case limited.Err() != nil, errors.As(err, &late) && late.Timeout():
			outcome = TooSlow
		}
	}
	return a, outcome, err
}

func (f *fetcher) get(ctx context.Context, address string, kind Kind) (Asset, Outcome, error) {
	u, err := url.Parse(address)
	if err != nil || !f.hosts.Allow(u) {
		return Asset{}, OtherHost, errOtherHost
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Asset{}, Unreachable, err
	}
	r.Header.Set("User-Agent", "Playhead (fetches what a recorded page shows)")
	r.Header.Set("Accept", map[Kind]string{Stylesheet: "text/css,*/*;q=0.1", Image: "image/*,*/*;q=0.1"}[kind])
	answer, err := f.client.Do(r)
	if err != nil {
		return Asset{}, Unreachable, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Asset{}, BadStatus, fmt.Errorf("the host answers %s", answer.Status)
	}
	if answer.ContentLength > f.maxBytes {
		return Asset{}, TooLarge, fmt.Errorf("it has %d bytes", answer.ContentLength)
	}
	// The transport decompresses the data. The limit is for the decompressed size.
	data, err := io.ReadAll(io.LimitReader(answer.Body, f.maxBytes+1))
	if err != nil {
		return Asset{}, Unreachable, err
	}
	if int64(len(data)) > f.maxBytes {
		return Asset{}, TooLarge, fmt.Errorf("it has more than %d bytes", f.maxBytes)
	}
	a := Asset{Address: answer.Request.URL.String(), Type: typeOf(answer.Header.Get("Content-Type"), data), Data: data}
	if !slices.Contains(types[a.Type], kind) {
		return Asset{}, WrongType, fmt.Errorf("its type is %.80q", answer.Header.Get("Content-Type"))
	}
	return a, Fetched, nil
}

// typeOf is the usual name of a media type. If the header names none, the first bytes tell whether the data are a font.
func typeOf(header string, data []byte) string {
	name, _, _ := mime.ParseMediaType(header) // "" on an error
	if one := otherNames[name]; one != "" {
		return one
	}
	if (name == "" || name == "application/octet-stream" || name == "binary/octet-stream") && len(data) > 4 {
		return fontStarts[string(data[:4])]
	}
	return name
}
