// Package fair divides a server's memory (Budget), processor time (Turns) and connections (Listener) among its clients, so that no
// client can block the others. It counts by the address of a request (package remote), and knows nothing about the contents of requests.
//
// Nothing is divided in advance. A single client may use nearly everything; a share limits a client only while others want theirs.
package fair
