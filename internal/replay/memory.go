package replay

// memory counts the memory for encoding a request's recordings. It reserves the largest amount that was held at a time, and keeps that reserved: the
// request ends soon, and the next recording needs as much.
type memory struct {
	reserve  func(n int64) error
	held     int64
	reserved int64
}

// take counts n bytes that are about to be allocated.
func (m *memory) take(n int64) error {
	if more := m.held + n - m.reserved; more > 0 && m.reserve != nil {
		if err := m.reserve(more); err != nil {
			return err
		}
		m.reserved += more
	}
	m.held += n
	return nil
}

// forget counts n bytes as released.
func (m *memory) forget(n int64) { m.held -= n }
