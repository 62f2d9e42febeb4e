package fair

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/playheadhq/playhead/internal/remote"
)

func address(n int) remote.Address {
	return remote.Of(netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}))
}

// hold reserves pieces until one is refused, and returns their sum.
func hold(l *Lease, piece int64) (held int64) {
	for l.Reserve(piece) == nil {
		held += piece
	}
	return held
}

// However many addresses take all the memory that they can get, the next one still gets some.
func TestThereIsAlwaysMemoryForOneMore(t *testing.T) {
	const most = 1 << 20
	b := NewBudget(most, 0.5, 1)
	for n := 1; n <= 10; n++ {
		// Two requests each: one alone might exceed its share.
		first, second := b.Lease(address(n)), b.Lease(address(n))
		if err := first.Reserve(1); err != nil {
			t.Fatalf("address %d gets nothing: %v", n, err)
		}
		got := 1 + hold(second, 64)
		// Half of what the addresses before it left, give or take one piece.
		if want := int64(most >> n); got < want-64 || got > want+64 {
			t.Errorf("address %d gets %d bytes, want %d", n, got, want)
		}
	}
	if used, _ := b.InFlight(); used > most {
		t.Errorf("%d bytes are held of %d", used, most)
	}
}

func TestAnAddressAtItsShareIsToldSo(t *testing.T) {
	b := NewBudget(1000, 0.5, 1)
	first, second := b.Lease(address(1)), b.Lease(address(1))
	if err := errors.Join(first.Reserve(300), second.Reserve(200)); err != nil {
		t.Fatal(err)
	}
	if err := second.Reserve(1); !errors.Is(err, ErrAddress) {
		t.Errorf("past its share: %v", err)
	}
	other := b.Lease(address(2))
	if err := other.Reserve(200); err != nil {
		t.Errorf("another address: %v", err)
	}
	second.Close()
	if err := first.Reserve(100); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// A request may be larger than its share, or than the whole budget, if others still get memory.
func TestALargeRequestLeavesRoomForOthers(t *testing.T) {
	b := NewBudget(8000, 0.5, 1)
	large := b.Lease(address(1))
	if err := large.Reserve(20_000); err != nil {
		t.Fatalf("alone: %v", err)
	}
	for n := 2; n < 10; n++ {
		l := b.Lease(address(n))
		if err := l.Reserve(60); err != nil {
			t.Errorf("address %d beside it: %v", n, err)
		}
	}
	if err := b.Lease(address(1)).Reserve(60); err != nil {
		t.Errorf("its own address, which may be a proxy's: %v", err)
	}
	if err := b.Lease(address(20)).Reserve(5000); !errors.Is(err, ErrAddress) {
		t.Errorf("a second large one: %v", err)
	}
	if err := b.Lease(address(21)).Reserve(600); !errors.Is(err, ErrBusy) {
		t.Errorf("more than is kept back: %v", err)
	}
	if used, _ := b.InFlight(); used > 21_000 {
		t.Errorf("%d bytes are held", used)
	}
	large.Close()
	again := b.Lease(address(1))
	again.Arrived()
	if err := again.Reserve(6400); err != nil { // others hold 540
		t.Errorf("all together up to 7/8: %v", err)
	}
	if err := again.Reserve(100); err != nil { // it is the large request already
		t.Errorf("it ends beside others that hold less than their eighth: %v", err)
	}
	again.Close()
	crowd := b.Lease(address(20))
	if err := crowd.Reserve(600); err != nil {
		t.Fatal(err)
	}
	last := b.Lease(address(1))
	last.Arrived()
	if err := last.Reserve(6400); err == nil {
		t.Error("more than 7/8 with what others hold")
	}
}

// When large requests of one address fill its share, they are done one after the other.
func TestLargeRequestsDoNotBlockEachOther(t *testing.T) {
	b := NewBudget(1000, 0.5, 1)
	var leases []*Lease
	for range 3 {
		l := b.Lease(address(1))
		if err := l.Reserve(160); err != nil {
			t.Fatal(err)
		}
		leases = append(leases, l)
	}
	if err := leases[0].Reserve(160); !errors.Is(err, ErrAddress) {
		t.Errorf("one that is still arriving: %v", err)
	}
	for _, l := range leases {
		l.Arrived()
		if err := l.Reserve(160); err != nil {
			t.Error(err)
		}
		if err := b.Lease(address(2)).Reserve(60); err != nil {
			t.Errorf("another address: %v", err)
		}
		l.Close()
	}
}

func TestATokenHasItsShare(t *testing.T) {
	b := NewBudget(1000, 1, 0.5)
	var leases []*Lease
	charge := func(n int, bytes int64, token string) error {
		l := b.Lease(address(n))
		leases = append(leases, l)
		if err := l.Reserve(bytes); err != nil {
			t.Fatal(err)
		}
		return l.Charge(token)
	}
	if err := charge(1, 300, "a"); err != nil {
		t.Fatal(err)
	}
	if err := charge(2, 201, "a"); !errors.Is(err, ErrToken) {
		t.Errorf("past the share of the token: %v", err)
	}
	if err := leases[0].Reserve(300); err != nil {
		t.Errorf("alone with its token: %v", err)
	}
	if err := charge(3, 100, "b"); err != nil {
		t.Errorf("another token: %v", err)
	}
	for _, l := range leases {
		l.Close()
	}
	if used, n := b.InFlight(); used != 0 || n != 0 || len(b.of) != 0 || len(b.tokens) != 0 {
		t.Errorf("%d bytes in %d leases are lost; %v %v", used, n, b.of, b.tokens)
	}
}

// Whatever requests do, in any order: the counted bytes are the sum of what the requests hold, never more than allowed, and 0 at the end.
func TestBudgetKeepsCount(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		const most = 10_000
		b := NewBudget(most, 0.3+random.Float64()*0.7, 0.5+random.Float64()*0.5)
		var leases []*Lease
		for range 500 {
			switch n := random.IntN(10); {
			case n < 3 || len(leases) == 0:
				leases = append(leases, b.Lease(address(random.IntN(5))))
			case n < 7:
				_ = leases[random.IntN(len(leases))].Reserve(random.Int64N(3000))
			case n < 8:
				_ = leases[random.IntN(len(leases))].Charge(fmt.Sprint(random.IntN(3)))
			case n < 9 && random.IntN(3) == 0:
				leases[random.IntN(len(leases))].Arrived()
			case n < 9:
				if l := leases[random.IntN(len(leases))]; l.held > 0 {
					l.Release(random.Int64N(l.held + 1))
				}
			default:
				i := random.IntN(len(leases))
				leases[i].Close()
				leases = append(leases[:i], leases[i+1:]...)
			}
			sum, largest := int64(0), int64(0)
			for _, l := range leases {
				sum, largest = sum+l.held, max(largest, l.held)
			}
			used, n := b.InFlight()
			if used != sum || n != len(leases) {
				t.Fatalf("seed %d: %d bytes in %d leases are counted, there are %d in %d", seed, used, n, sum, len(leases))
			}
			if used > max(most, largest+most/keptBack) {
				t.Fatalf("seed %d: %d bytes are held, the largest request holds %d", seed, used, largest)
			}
		}
		for _, l := range leases {
			l.Close()
		}
		if used, _ := b.InFlight(); used != 0 {
			t.Fatalf("seed %d: %d bytes are lost", seed, used)
		}
	}
}
