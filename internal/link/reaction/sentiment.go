package reaction

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentiment returns 1 if a message begins with thanks or praise, -1 if it begins with a complaint about the answer, otherwise 0. only means that the
// message is nothing but thanks.
//
// Only the beginning counts: what comes later is a new question, which may contain any of these words ("thanks" under a letter, "what is wrong with my
// code"). A negation turns praise into a complaint ("not helpful") and cancels a complaint or thanks ("not wrong", "no thanks").
func sentiment(text string) (said int, only bool) {
	parts := partsOf(text)
	if len(parts) == 0 {
		return 0, false
	}
	if said := emojis(parts); said != 0 {
		return said, said > 0
	}
	if first := parts[0]; hasDense(first[:min(len(first), 16)]) {
		said, rest := denseSentiment(strings.Join(parts, "。"))
		return said, said > 0 && rest <= mostFiller
	}
	said = wordSentiment(parts)
	return said, said > 0 && onlyThanks(parts) && !strings.ContainsAny(text, "?？؟")
}

const (
	// mostRead is how much of a message is read, in bytes.
	mostRead = 600
	// mostOpeners bounds how many words may come before the thanks, the praise or the complaint.
	mostOpeners = 6
	// mostFiller is how many characters of a dense script may follow thanks in a message that is nothing but thanks.
	mostFiller = 6
)

// partsOf splits a message at its punctuation. Each part is as words returns it.
func partsOf(text string) (all []string) {
	if len(text) > mostRead {
		end := mostRead
		for end > 0 && !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return strings.ContainsRune(".,;:!?…\n。，；：！？、~～()（）—–؟،¡¿।", r)
	}) {
		if part = words(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// emojis is the sentiment of a message that consists of emoji, otherwise 0.
func emojis(parts []string) (said int) {
	for word := range strings.FieldsSeq(strings.Join(parts, " ")) {
		switch {
		case strings.Contains("👍🙏❤😊🎉💯🙌👏🥰😍", word):
			said = 1
		case strings.Contains("👎😡🤬😠💩🙄", word):
			return -1
		default:
			return 0
		}
	}
	return said
}

// wordSentiment is the sentiment of a message in a script with spaces.
func wordSentiment(parts []string) int {
	said := strings.Fields(parts[0])
	if len(said) == 1 && interjections[said[0]] && len(parts) > 1 { // "No, that is wrong"
		rest := wordSentiment(parts[1:])
		if rest > 0 && negations[said[0]] {
			return 0 // "No, thanks"
		}
		return rest
	}
	if asks[said[0]] {
		return 0
	}
	negated := false
	for i := 0; i < len(said) && i < mostOpeners; i++ {
		left := strings.Join(said[i:], " ")
		after := func(n int) string {
			if i+n < len(said) {
				return said[i+n]
			}
			return ""
		}
		if n := longest(left, complaints); n > 1 || n == 1 && (after(1) == "" || praised[after(1)] || i > 0 && !articles[said[i-1]]) {
			if negated {
				return 0
			}
			return -1
		}
		if n := longest(left, thanks); n > 0 {
			rest := strings.Join(said[i+n:], " ")
			if negated || longest(rest, noThanks) > 0 {
				return 0
			}
			if i+n == len(said) && len(parts) > 1 {
				rest = parts[1]
			}
			if first, behind, _ := strings.Cut(rest, " "); buts[first] && behind != "" && wordSentiment([]string{behind}) < 0 {
				return -1 // "Thanks, but that is wrong"
			}
			return 1
		}
		if n := longest(left, praises); n > 0 {
			switch { // "great, …" and "this was great", but not "great wall of china"
			case after(n) != "" && !praised[after(n)]:
				return 0
			case negated:
				return -1
			}
			return 1
		}
		switch {
		case negations[said[i]]:
			negated = true
		case !openers[said[i]]:
			return 0
		}
	}
	return 0
}

// onlyThanks reports whether a message that begins with thanks says nothing else.
func onlyThanks(parts []string) bool {
	for _, part := range parts {
		for part != "" {
			n := max(longest(part, thanks), longest(part, praises))
			if n == 0 {
				if word, _, _ := strings.Cut(part, " "); !fillers[word] && !praised[word] && !openers[word] && !interjections[word] && !emoji(word) {
					return false
				}
				n = 1
			}
			all := strings.Fields(part)
			part = strings.Join(all[n:], " ")
		}
	}
	return true
}

// emoji reports whether a word, as words returns it, is an emoji.
func emoji(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return symbol(r)
}

// longest returns how many words the longest phrase has with which a text begins, 0 for none.
func longest(text string, phrases []string) (n int) {
	for _, phrase := range phrases {
		if begins(text, phrase) {
			n = max(n, strings.Count(phrase, " ")+1)
		}
	}
	return n
}

// begins reports whether a text begins with a phrase of whole words.
func begins(text, phrase string) bool {
	rest, ok := strings.CutPrefix(text, phrase)
	return ok && (rest == "" || rest[0] == ' ')
}

// denseSentiment is the sentiment of a message in a script without spaces whose parts are joined by "。". rest is how many characters follow the thanks.
func denseSentiment(text string) (said, rest int) {
	for i := range mostOpeners {
		if phrase, ok := prefix(text, denseComplaints); ok && (i > 0 || ends(text[len(phrase):], denseEnds)) {
			return -1, 0
		}
		if phrase, ok := prefix(text, denseThanks); ok {
			after := text[len(phrase):]
			if !ends(after, denseThanked) {
				return 0, 0 // the user asks about the word
			}
			behind := strings.TrimLeft(after, "。")
			if but, ok := prefix(behind, denseButs); ok {
				if said, _ := denseSentiment(behind[len(but):]); said < 0 {
					return -1, 0
				}
			}
			return 1, utf8.RuneCountInString(after)
		}
		phrase, ok := prefix(text, denseOpeners)
		if !ok {
			return 0, 0
		}
		text = text[len(phrase):]
	}
	return 0, 0
}

// ends reports whether a phrase ends its sentence: nothing follows it, or one of the endings, or a character that is not of a dense script.
func ends(after string, endings []string) bool {
	r, _ := utf8.DecodeRuneInString(after)
	_, ok := prefix(after, endings)
	return after == "" || ok || !unicode.In(r, denseScripts...)
}

// prefix returns the longest phrase with which a text begins.
func prefix(text string, phrases []string) (longest string, ok bool) {
	for _, phrase := range phrases {
		if strings.HasPrefix(text, phrase) && len(phrase) > len(longest) {
			longest, ok = phrase, true
		}
	}
	return longest, ok
}

// goesOn reports whether a question only asks for more of the answer ("continue"), in words that are the same each time.
func goesOn(text string) bool {
	text = words(text)
	for _, phrase := range onwards {
		if text == phrase {
			return true
		}
	}
	return false
}
