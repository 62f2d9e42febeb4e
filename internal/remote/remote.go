// Package remote determines the client address of a request. It is the only place that reads forwarding headers:
// budgets, limits on guessing and logs all use its result.
package remote

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

// Address identifies a client for limits: an IPv4 address, or the /64 network of an IPv6 user. It is comparable;
// the zero value stands for all unknown addresses.
type Address struct{ prefix netip.Prefix }

// Of groups an IP address.
func Of(ip netip.Addr) Address {
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // fails for the zero address alone, whose Address is the zero one
	return Address{prefix}
}

// String is "203.0.113.7", "2001:db8::/64" or "unknown".
func (a Address) String() string {
	switch {
	case !a.prefix.IsValid():
		return "unknown"
	case a.prefix.Addr().Is4():
		return a.prefix.Addr().String()
	}
	return a.prefix.String()
}

// Proxies are the networks of trusted proxies.
type Proxies []netip.Prefix

// ParseProxies reads addresses ("10.0.0.7") and networks ("10.0.0.0/8", "fd00::/8").
func ParseProxies(texts []string) (Proxies, error) {
	var all Proxies
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			ip, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

// Trusts says whether an address is that of a proxy.
func (p Proxies) Trusts(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// maxHops limits the number of proxies in a row, because a client can send a long header.
const maxHops = 32

// Client returns the client address of a request. Each proxy appends its caller's address to X-Forwarded-For, so the header is
// read from the right as long as the addresses are those of trusted proxies. The first other address is the client's. Everything to
// the left of it was written by the client and cannot be trusted.
func (p Proxies) Client(connection string, header http.Header) Address {
	ip := IP(connection)
	if len(p) == 0 || !p.Trusts(ip) {
		return Of(ip)
	}
	said := header.Values("X-Forwarded-For")
	for range maxHops {
		if len(said) == 0 {
			break
		}
		last := said[len(said)-1]
		comma := strings.LastIndexByte(last, ',')
		next := IP(strings.TrimSpace(last[comma+1:]))
		if comma < 0 {
			said = said[:len(said)-1]
		} else {
			said = append(said[:len(said)-1:len(said)-1], last[:comma])
		}
		if !next.IsValid() {
			break // "unknown" or invalid: only the proxy's address is known
		}
		ip = next
		if !p.Trusts(ip) {
			break
		}
	}
	return Of(ip)
}

// IP reads an address with or without a port. It is the zero address when there is none.
func IP(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr()
	}
	ip, _ := netip.ParseAddr(strings.Trim(text, `[]"`))
	return ip
}

type key struct{}

// Handler stores the client address of each request in its context; From reads it.
func (p Proxies) Handler(next http.Handler, log *slog.Logger) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := p.Client(r.RemoteAddr, r.Header)
		if r.Header.Get("X-Forwarded-For") != "" {
			// Only for private addresses, so that strangers cannot cause this log line.
			if ip := IP(r.RemoteAddr).Unmap(); (ip.IsPrivate() || ip.IsLoopback()) && !p.Trusts(ip) {
				once.Do(func() {
					log.Warn("a client forwards requests, but is not in trusted_proxies, so all its clients share the limits of one address. If it is your proxy, add it", "proxy", ip.String())
				})
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, client)))
	})
}

// From returns the client address that Handler stored, or the address of the connection.
func From(r *http.Request) Address {
	if client, ok := r.Context().Value(key{}).(Address); ok {
		return client
	}
	return Of(IP(r.RemoteAddr))
}
