// Package fair divides what a server has among those who call it, so that nobody is shut out by anybody else: memory (Budget),
// processor time (Turns) and connections (Listener). What is counted is the address a request comes from (package remote); it
// knows nothing of what requests are about.
//
// Nothing here is divided beforehand. Who is alone may use nearly all; a share binds when others want theirs.
package fair
