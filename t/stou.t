#!/usr/bin/perl
# Transcript tier, no root: STOU. The name is in the 150 (RFC 1123 4.1.2.9).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'old');
$server->dir('dir');
my $c = $server->connect;
$c->expect('STOU', 530);
$c->login('alice');
my ($code, undef, $text) = $c->send_file('STOU', 'x');
is($code, 226);
like($text, qr/^FILE: (\S+)$/, '150 FILE: name');
my ($name) = $text =~ /^FILE: (\S+)/;
is($server->content($name), 'x', 'a file of that name');
($code, undef, $text) = $c->send_file('STOU file', 'new');
is($code, 226);
($name) = $text =~ /^FILE: (file\S+)/;
is($server->content($name), 'new', 'a name made of the given one');
is($server->content('file'), 'old', 'the given one is not touched');
my %names;
for (1 .. 20) {
	(undef, undef, $text) = $c->send_file('STOU u', 'y');
	$names{$text}++;
}
is(scalar keys %names, 20, '20 STOU, 20 names');
($code, undef, $text) = $c->send_file('STOU dir/in', 'x');
is($code, 226);
($name) = $text =~ /^FILE: (\S+)/;
is($server->content("dir/$name"), 'x', 'in another directory');
$c->expect('CWD dir', 250);
(undef, undef, $text) = $c->send_file('STOU', 'here');
($name) = $text =~ /^FILE: (\S+)/;
is($server->content("dir/$name"), 'here', 'in the current directory');
(undef, undef, $text) = $c->send_file('STOU ' . 'n' x 255, 'x');
($name) = $text =~ /^FILE: (\S+)/;
is(length $name, 255, 'a long name stays as long');
is(($c->send_file('STOU missing/x', 'x'))[0], 553);
$c->expect('STOU', 425);

# The name is told before the data connection is there, as for others.
my $port = $c->pasv_port;
($text) = $c->expect('STOU early', 150);
($name) = $text =~ /FILE: (early\S+)/;
my $data = $c->dial($port);
print $data 'bytes';
close $data;
$c->expect_reply(226);
is($server->content("dir/$name"), 'bytes', 'STOU before the connection');
$c->pasv_port;
($text) = $c->expect('STOU never', 150);
($name) = $text =~ /FILE: (never\S+)/;
$c->expect('ABOR', 426);
$c->expect_reply(226);
ok(!-e $server->data("dir/$name"), 'without one nothing is left behind');
$c->quit;

# It never replaces, so the right to make files is enough.
$server = Inftpd::Test->new(conf => { write_enable => 'YES',
    anon_upload_enable => 'YES' });
$c = $server->login('anonymous');
($code, undef, $text) = $c->send_file('STOU', 'x');
is($code, 226, 'anonymous, with anon_upload_enable');
$c->quit;
done_testing;
