package content

// MaskedWhy is what a masked pack says of why, when the thing's text is
// remittance.
func MaskedWhy(why, remittance string) string {
	c := Content{set: Settings{MaskPayers: true}}
	return c.without(why, remittance)
}
