#include "core/config/interpolation_parser.h"

#include "core/config/utf8.h"
#include "core/config/word_lexer.h"
#include "core/config/yaml_scalar.h"
#include "core/error.h"

namespace strang::config {
namespace {

constexpr int max_depth = 100;
// Characters that cannot stand in a key of a reference.
constexpr std::string_view not_in_keys = "\\{}()[]:. \t'\"";

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Text up to the end, or up to the closing quote.
  Expression joined(char quote) {
    std::vector<Expression> pieces;
    std::string literal;
    const auto finish = [&] {
      if (!literal.empty()) pieces.push_back({Node(std::exchange(literal, {}))});
    };
    while (at_ < text_.size() && !(quote != '\0' && text_[at_] == quote)) {
      if (text_[at_] == '\\') {
        backslashes(literal, quote);
      } else if (starts("${")) {
        finish();
        pieces.push_back(interpolation());
      } else {
        literal += text_[at_++];
      }
    }
    finish();
    if (quote == '\0' && pieces.size() == 1) return std::move(pieces[0]);
    return {Expression::Joined{std::move(pieces)}};
  }

  Expression whole_element() {
    Expression result = element(false);
    if (at_ < text_.size()) fail("unexpected character");
    return result;
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  // Takes `c` and the blanks before it.
  bool take_after_blanks(char c) {
    const std::size_t before = at_;
    skip_blanks();
    if (take(c)) return true;
    at_ = before;
    return false;
  }
  void expect(char c, std::string_view what) {
    if (!take_after_blanks(c)) fail(fmt::format("expected {}", what));
  }

  [[noreturn]] void fail(std::string_view message) const {
    const std::size_t column = to_code_points(text_.substr(0, at_)).size() + 1;
    throw UsageError(fmt::format("'{}', column {}: {}", text_, column, message));
  }

  // Backslashes count only before `${` (and before the closing quote inside quotes): there two make
  // one, and an odd one makes what follows ordinary text.
  void backslashes(std::string& literal, char quote) {
    const std::size_t count = std::min(text_.find_first_not_of('\\', at_), text_.size()) - at_;
    at_ += count;
    const bool before_quote = quote != '\0' && peek() == quote;
    if (!before_quote && !starts("${")) {
      literal.append(count, '\\');
      return;
    }
    literal.append(count / 2, '\\');
    if (count % 2 == 0) return;
    const std::size_t taken = before_quote ? 1 : 2;
    literal += text_.substr(at_, taken);
    at_ += taken;
  }

  Expression interpolation() {
    if (++depth_ > max_depth) fail("nested too deeply");
    at_ += 2;
    skip_blanks();
    Expression result = is_call() ? call() : reference();
    --depth_;
    return result;
  }

  // A name, maybe dotted and maybe made of interpolations, and then a colon. What a reference may
  // hold but a name may not ends the search.
  bool is_call() const {
    int depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '{' && text_[i - 1] == '$') {
        ++depth;
      } else if (c == '}') {
        if (--depth < 0) return false;
      } else if (depth == 0) {
        if (c == ':') return true;
        if (c == '[' || c == '\'' || c == '"') return false;
      }
    }
    return false;
  }

  Expression call() {
    Expression::Call result;
    for (bool more = true; more;) {
      if (starts("${")) {
        result.name.push_back(interpolation());
      } else {
        const WordMatch word = match_word(text_, at_);
        if (word.kind != Word::id) fail("expected the name of a resolver");
        result.name.push_back({Node(std::string(text_.substr(at_, word.length)))});
        at_ += word.length;
      }
      more = take('.');
      if (more) result.name.push_back({Node(std::string("."))});
    }
    expect(':', "':' behind the name of the resolver");
    skip_blanks();
    if (take_after_blanks('}')) return {std::move(result)};
    do {
      skip_blanks();
      const bool missing = peek() == ',' || peek() == '}';
      result.arguments.push_back(missing ? Expression{Node(std::string())} : element(true));
    } while (take_after_blanks(','));
    expect('}', "',' or '}'");
    return {std::move(result)};
  }

  Expression reference() {
    Expression::Reference result;
    while (take('.')) ++result.dots;
    for (bool first = true;; first = false) {
      if (take('[')) {
        result.keys.push_back(key());
        if (!take(']')) fail("expected ']'");
      } else if (first || take('.')) {
        result.keys.push_back(key());
      } else {
        break;
      }
    }
    expect('}', "'.', '[' or '}'");
    return {std::move(result)};
  }

  Expression key() {
    if (starts("${")) return interpolation();
    const std::size_t end = std::min(text_.find_first_of(not_in_keys, at_), text_.size());
    if (end == at_) fail("expected a key");
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    return {Node(std::string(name))};
  }

  Expression element(bool trim) {
    if (++depth_ > max_depth) fail("nested too deeply");
    Expression result = element_inside(trim);
    --depth_;
    return result;
  }

  Expression element_inside(bool trim) {
    if (take('[')) return list();
    if (take('{')) return dict();
    if (peek() == '\'' || peek() == '"') {
      const char quote = text_[at_++];
      Expression text = joined(quote);
      if (!take(quote)) fail("the quote is not closed");
      return text;
    }
    return words(trim);
  }

  Expression list() {
    Expression::List result;
    if (take_after_blanks(']')) return {std::move(result)};
    do {
      skip_blanks();
      const bool missing = peek() == ',' || peek() == ']';
      result.items.push_back(missing ? Expression{Node(std::string())} : element(true));
    } while (take_after_blanks(','));
    expect(']', "',' or ']'");
    return {std::move(result)};
  }

  Expression dict() {
    Expression::Dict result;
    if (take_after_blanks('}')) return {std::move(result)};
    do {
      skip_blanks();
      Key name = dict_key();
      expect(':', "':' behind a key");
      skip_blanks();
      result.entries.emplace_back(std::move(name), element(true));
    } while (take_after_blanks(','));
    expect('}', "',' or '}'");
    return {std::move(result)};
  }

  Key dict_key() {
    std::vector<Piece> pieces;
    for (WordMatch word = match_word(text_, at_); word.length > 0 && !starts("${");
         word = match_word(text_, at_)) {
      pieces.push_back({word.kind, text_.substr(at_, word.length)});
      at_ += word.length;
    }
    if (pieces.empty()) fail("expected an unquoted key");
    return scalar_key(Node(word_value(pieces)));
  }

  // A colon belongs to a value, with the blanks around it.
  std::size_t match_colon() const {
    std::size_t end = std::min(text_.find_first_not_of(" \t", at_), text_.size());
    if (end >= text_.size() || text_[end] != ':') return 0;
    ++end;
    return std::min(text_.find_first_not_of(" \t", end), text_.size()) - at_;
  }

  Expression words(bool trim) {
    std::vector<Piece> pieces;
    std::vector<Expression> parts;  // filled as soon as an interpolation is among the pieces
    const auto move_pieces = [&] {
      std::string text;
      for (const Piece& piece : pieces) text += piece_text(piece);
      pieces.clear();
      if (!text.empty()) parts.push_back({Node(std::move(text))});
    };
    while (at_ < text_.size()) {
      if (starts("${")) {
        move_pieces();
        parts.push_back(interpolation());
        continue;
      }
      const std::size_t colon = match_colon();
      const WordMatch word = colon > 0 ? WordMatch{Word::none, colon} : match_word(text_, at_);
      if (word.length == 0) break;
      if (word.kind == Word::blank && trim && ends_value(at_ + word.length)) break;
      pieces.push_back({word.kind, text_.substr(at_, word.length)});
      at_ += word.length;
    }
    if (parts.empty()) {
      if (pieces.empty()) fail("expected a value");
      return {typed(pieces, trim)};
    }
    move_pieces();
    if (parts.size() == 1) return std::move(parts[0]);
    return {Expression::Joined{std::move(parts)}};
  }

  // Inside a value, `???` is only text.
  static Node typed(const std::vector<Piece>& pieces, bool trim) {
    Node node(word_value(pieces, trim));
    return node.is_missing() ? Node(std::string("???")) : node;
  }

  bool ends_value(std::size_t at) const {
    return at < text_.size() && std::string_view(",]}").find(text_[at]) != std::string_view::npos;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Expression parse_interpolation(const std::string& text) { return Parser(text).joined('\0'); }

Expression parse_element(const std::string& text) { return Parser(text).whole_element(); }

}  // namespace strang::config
