"""Who people and partners are, and the library of faces and voices they permitted."""
