//! Configures the linker: Node supplies the symbols of Node-API.

fn main() {
    napi_build::setup();
}
