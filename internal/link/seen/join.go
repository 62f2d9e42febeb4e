package seen

import "github.com/playheadhq/playhead/internal/model"

// Part is what was seen of one of several calls that answer a question together: a model that says something, calls a tool, and goes on.
type Part struct {
	model.Seen
	// Words are how many of its words were shown, see Context.
	Words int
}

// Join returns what was seen of an answer that consists of parts: at least one, all shown in one window, in the order of their calls. Its first words
// are those of the first part, its last words those of the last. Its element is that of the last part.
func Join(parts []Part) model.Seen {
	last := len(parts) - 1
	s := parts[last].Seen
	s.AskedMS, s.FirstWordsMS, s.WaitMS, s.Stalls = parts[0].AskedMS, parts[0].FirstWordsMS, parts[0].WaitMS, nil
	s.LastWordsMS = parts[0].LastWordsMS
	var read, waited, share, unsure float64 // read and waited are milliseconds of a reader, who is ready for more at ready; share and unsure are in words
	words, ready, smooth, shared := 0, float64(s.FirstWordsMS), true, true
	for i, p := range parts {
		if i < last && p.State != model.SeenAll && s.State == model.SeenAll {
			s.State = model.SeenPartly
		}
		if i > 0 && p.FirstWordsMS-s.LastWordsMS >= stallMS {
			s.Stalls = append(s.Stalls, model.TimeSpan{FromMS: s.LastWordsMS, ToMS: p.FirstWordsMS})
		}
		s.Stalls = append(s.Stalls, p.Stalls...)
		s.LastWordsMS = max(s.LastWordsMS, p.LastWordsMS)
		s.UncertaintyMS = max(s.UncertaintyMS, p.UncertaintyMS)
		if p.Smoothness > 0 {
			own := float64(p.Words) * readMS
			// A reader who is behind waits less for the words of this part.
			wait := max(0, float64(p.FirstWordsMS)+own/p.Smoothness-own-ready)
			read, waited, ready = read+own, waited+wait, ready+own+wait
		}
		words += p.Words
		share += p.Share * float64(p.Words)
		unsure += p.ShareUncertainty * float64(p.Words)
		smooth, shared = smooth && p.Smoothness > 0, shared && p.Share >= 0
	}
	s.Smoothness, s.Share, s.ShareUncertainty = -1, -1, 0
	if smooth && words > 0 {
		s.Smoothness = read / (read + waited)
	}
	if shared && words > 0 {
		s.Share, s.ShareUncertainty = min(1, share/float64(words)), unsure/float64(words)
	}
	return s
}
