#pragma once

namespace strang {
class Registry;
}  // namespace strang
