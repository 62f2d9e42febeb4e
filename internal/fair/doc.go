// Package fair divides what a server has among those who call it, so that nobody is shut out by anybody else: memory (Budget),
// processor time (Turns) and connections (Listener). What is counted is the address a request comes from (package remote); it
// knows nothing of what requests are about.
//
// Nothing is divided in advance. A caller who is alone may use nearly everything; a share limits a caller only when others want theirs.
package fair
