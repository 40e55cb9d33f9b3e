#!/usr/bin/perl
# Transcript tier, no root: PWD, and its quoting of quotes (RFC 959 appendix
# II).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my %quoted = (
	'plain' => '/plain',
	'two words' => '/two words',
	'say "hi"' => '/say ""hi""',
	'"' => '/""',
	"tab\there" => "/tab\there",
	"\xc3\xa4\xe2\x82\xac" => "/\xc3\xa4\xe2\x82\xac",
	'%s%n' => '/%s%n',
);

$server->dir($_) for keys %quoted;
my $c = $server->login('alice');
$c->expect('PWD', 257, '"/" is the current directory.');
$c->expect('PWD x', 501);
for my $name (sort keys %quoted) {
	$c->expect("CWD /$name", 250);
	$c->expect('PWD', 257, qq{"$quoted{$name}" is the current directory.});
}

# 255 quotes become 510.
my $quotes = '"' x 255;
$server->dir($quotes);
$c->expect("CWD /$quotes", 250);
$c->expect('PWD', 257, '"/' . '"' x 510 . '" is the current directory.',
    'a name of nothing but quotes');

# IAC is doubled both ways (RFC 959, TELNET).
$server->dir("y\xff");
$c->expect("CWD /y\xff\xff", 250, undef, 'IAC IAC is one byte of a name');
$c->expect('PWD', 257, qr{^"/y\xff\xff" }, 'and is doubled in the reply');
$c->quit;
done_testing;
