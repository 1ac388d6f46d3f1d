package report

import (
	"io/fs"

	"quadra/engine/report/guide"
)

// guidePictures is where the pictures of the guide are, before their names.
const guidePictures = "parti/guida-"

// guide writes the guide, which is in Italian in every pack.
func (b *builder) guide() error {
	if b.in.Brief {
		return nil
	}
	text, err := guide.HTML(guidePictures)
	if err != nil {
		return err
	}
	names, err := guide.PictureNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		picture, err := fs.ReadFile(guide.Pictures(), name)
		if err != nil {
			return err
		}
		if err := b.put(guidePictures+name, picture); err != nil {
			return err
		}
	}
	s := b.shell("guida.html", "")
	s.Up, s.Page = true, text
	return b.write("guida.html", s)
}
