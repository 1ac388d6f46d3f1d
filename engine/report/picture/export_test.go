package picture

// Width is for tests that lay pictures out.
var Width = width
