package rawjson

// Pace lets long walks pause. It counts the bytes that are walked, and calls pause once for each mebibyte of them. Its methods
// do what the functions of the same names do; those of a nil Pace never pause.
//
// When pause fails, a walk ends early and its result is meaningless. Err returns that error and must be checked before the result is used.
type Pace struct {
	pause  func() error
	worked int // bytes since the last pause
	err    error
}

// NewPace returns a Pace for one goroutine.
func NewPace(pause func() error) *Pace { return &Pace{pause: pause} }

const (
	// breath is the number of bytes between two pauses: some milliseconds of any walk, and 40 ms of the slowest work on top of a walk.
	breath = 1 << 20
	// stride is the number of bytes that a walk reads before it calls Work.
	stride = 64 << 10
)

// Work counts n bytes of work and pauses when it is time to. False means that the work must end.
func (p *Pace) Work(n int) bool { return p == nil || p.count(n) }

func (p *Pace) count(n int) bool {
	if p.worked += n; p.worked >= breath && p.err == nil {
		p.worked = 0
		p.err = p.pause()
	}
	return p.err == nil
}

// Err returns the error of pause, nil while the work may go on.
func (p *Pace) Err() error {
	if p == nil {
		return nil
	}
	return p.err
}
