package view

// ExplorePlan is a placeholder.
type ExplorePlan struct{}

// Explored is a placeholder.
type Explored struct{}
