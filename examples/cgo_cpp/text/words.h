#pragma once

#include <string>
#include <vector>

namespace text {

// The words of a line, in lower case. Throws std::invalid_argument for a line that is no text.
std::vector<std::string> words(const std::string &line);

}  // namespace text
