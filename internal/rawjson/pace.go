package rawjson

// Pace lets long walks pause. It counts the bytes that are walked, and calls pause once for each mebibyte of them. Its methods
// do what the functions of the same names do; those of a nil Pace never pause.
//
// When pause fails, what is walked ends early and means nothing. Err says so, and is to be asked before the outcome is used.
type Pace struct {
	pause  func() error
	worked int // bytes since the last pause
	err    error
}

// NewPace returns a Pace for one goroutine.
func NewPace(pause func() error) *Pace { return &Pace{pause: pause} }

const (
	// breath is how much is worked between two pauses: milliseconds of any walk, 40 of the slowest work on top of it.
	breath = 1 << 20
	// stride is how far a walk goes before it says so.
	stride = 64 << 10
)

// Work counts n bytes of work and pauses when it is time to. False means that the work is to end.
func (p *Pace) Work(n int) bool { return p == nil || p.count(n) }

func (p *Pace) count(n int) bool {
	if p.worked += n; p.worked >= breath && p.err == nil {
		p.worked = 0
		p.err = p.pause()
	}
	return p.err == nil
}

// Err is the error of pause, nil while the work may go on.
func (p *Pace) Err() error {
	if p == nil {
		return nil
	}
	return p.err
}
