// Package anomaly says how unusual each new point of a series is, from what
// came before it alone, and why.
package anomaly
