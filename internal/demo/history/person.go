package history

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// person is one of the made-up people. Few of them are very active, most of them come once or twice.
type person struct {
	id, name, email, plan string
	// device is the id of their browser before they sign in. anonymous means that they never sign in.
	device    string
	anonymous bool
	wide      bool // the size of their screen
}

var firstNames = strings.Fields(`Amara Anton Astrid Bilal Carla Chidi Dalia Daria Eero Elif Emre Esther Farid Fenna Gita Hana Henrik Ilse Imani Ines Ivo Jana Jonas
	Kamala Keiko Kofi Lale Leif Lena Luca Maeve Malik Marta Mei Milo Mina Nadia Nils Noor Oona Omar Paola Petra Priya Quentin Rafael Rania Rosa Ruben Saga Samir
	Selma Sofia Stellan Tariq Teo Thandi Tomas Uma Vera Viggo Wanda Yara Yusuf Zainab Zoe`)

var familyNames = strings.Fields(`Abara Adler Amari Bakker Berg Castell Cho Dahl Demir Ekwe Engel Farouk Fischer Gallo Haddad Halonen Holm Ibsen Ito Jansen Kaya
	Keller Kowal Lang Lindt Lopes Maier Mbeki Moreau Nakao Novak Okoye Olsen Park Pereira Quist Rao Rivera Rossi Sato Silva Sandoval Tamm Thorne Ueda Varga
	Vidal Weber Winter Yilmaz Zeller`)

var plans = []string{"free", "free", "free", "pro", "pro", "team"}

const peopleCount = 420

// people makes all people. A quarter of them never signs in.
func people() (all []person, weights []float64) {
	d := newDraw("people", peopleCount)
	used := map[string]bool{}
	for i := range peopleCount {
		p := person{device: d.id().String(), wide: d.chance(0.4), plan: pick(d, plans)}
		if p.anonymous = i%4 == 3; p.anonymous {
			p.id = p.device
		} else {
			for p.name == "" || used[p.name] {
				p.name = pick(d, firstNames) + " " + pick(d, familyNames)
			}
			used[p.name] = true
			p.id = "user_" + strconv.Itoa(1000+i)
			p.email = strings.ToLower(strings.ReplaceAll(p.name, " ", ".")) + "@example.com"
		}
		all, weights = append(all, p), append(weights, 1/math.Pow(float64(i+1), 0.7))
	}
	return all, weights
}

// hours are the relative activity in each hour of a day (UTC).
var hours = []float64{2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 12, 13, 13, 12, 10, 9, 8, 7, 6, 4, 3}

// dayWeight is the relative activity on a day: less on weekends.
func dayWeight(day time.Time) float64 {
	switch day.Weekday() {
	case time.Saturday:
		return 0.62
	case time.Sunday:
		return 0.55
	}
	return 1
}
