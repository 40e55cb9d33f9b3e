package Conformance;

# Conformance - requirements of the RFCs as tests, one line of TAP for each.
#
#     requirement 'RFC 959 5.3.1: verbs in any case' => sub {
#             my $c = session($server);
#             gives($c, 'nOoP', 200);
#     };
#     not_done 'RFC 959 4.1.1: REIN', 'why not' => sub { ... };
#
# What gives(), within(), same() and holds() find wrong is gathered, and the
# requirement fails if anything was. A session() lasts for one requirement.
# The names are the table's rows: plain strings, without variables in them.

use strict;
use warnings;

use Exporter 'import';
use Test::Builder ();

our @EXPORT = qw(requirement not_done session gives within same holds
	then_gives bytes_until);

my $builder = Test::Builder->new;
my (@problems, %servers);

# Runs the test; true if nothing was wrong with it.
sub passes {
	my ($test) = @_;

	@problems = ();
	eval { $test->(); 1 } or push @problems, "died: $@";
	$_->done for values %servers;
	%servers = ();
	return !@problems;
}

sub requirement {
	my ($name, $test) = @_;

	$builder->ok(passes($test), $name)
	    or $builder->diag(map { "  $_\n" } @problems);
}

# A requirement that is not met, on purpose. The test, where there is one,
# shows that; one that passes is a failure, so that the reason goes away.
sub not_done {
	my ($name, $reason, $test) = @_;

	if ($test && passes($test)) {
		$builder->ok(0, $name);
		$builder->diag('  it is done: take it off the list');
		return;
	}
	$builder->todo_start($reason);
	$builder->ok(0, $name);
	$builder->todo_end;
}

# A session that ends with the requirement; without a user one that has only
# been greeted.
sub session {
	my ($server, $user, %arg) = @_;

	$servers{$server} = $server;
	return $user ? $server->login($user, %arg) : $server->connect(%arg);
}

# With a prototype: a match or grep that fails is false, not nothing at all.
sub holds($$) {
	my ($true, $what) = @_;

	push @problems, $what unless $true;
	return $true;
}

# A string that may go into a message.
sub shown { return join '', map { /[ -~]/ ? $_ : sprintf '\\x%02x', ord } split //, $_[0] // 'undef' }

sub same {
	my ($got, $expected, $what) = @_;

	return 1 if defined $got && $got eq $expected;
	push @problems, "$what: " . shown($got) . ', not ' . shown($expected);
	return 0;
}

# The next reply: a code, and for its text a string or a pattern.
sub then_gives {
	my ($c, $code, $text, $what) = @_;
	my ($got, $words, @lines) = $c->reply;

	$what //= 'then';
	same($got, $code, $what);
	if (ref $text) {
		holds($words =~ $text, "$what: " . shown($words));
	} elsif (defined $text) {
		same($words, $text, $what);
	}
	return @lines;
}

sub gives {
	my ($c, $line, $code, $text) = @_;

	$c->raw("$line\r\n");
	return then_gives($c, $code, $text, shown($line));
}

# One of the codes, and which.
sub within {
	my ($c, $line, @codes) = @_;
	my ($code, $text) = $c->cmd($line);

	holds((grep { $_ eq $code } @codes), shown($line) . ": $code $text");
	return $code;
}

# What comes over the control connection, byte by byte, up to this end.
sub bytes_until {
	my ($c, $end) = @_;

	until ($c->{buffer} =~ /$end/) {
		my $n = Inftpd::Test::Client::read_some($c->socket,
		    \$c->{buffer});
		return undef unless $n;
	}
	$c->{buffer} =~ s/\A(.*?$end)//s;
	return $1;
}

1;
