#!/usr/bin/perl
# Tier 3: what a session maps of the libraries for digests and compression, as
# installed, with the sandbox closed: nothing until the client asks.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Compress::Zlib ();
use Digest::SHA ();
use Inftpd::System;
use Test::More;

for my $part (['digest', 'OpenSSL'], ['deflate', 'zlib']) {
	plan skip_all => "built without $part->[1]"
	    if !-e build_path("ftpd/$part->[0].so");
}

three_kinds(hash_enable => 'YES', mode_z_enable => 'YES');
super_server();

sub maps { return read_file('/proc/' . (sessions())[0] . '/maps') }

my $c = dial();
$c->login('alice');
unlike(maps(), qr/libcrypto|libz|digest\.so|deflate\.so/, 'nothing unasked');
is(($c->stor('file', 'content'))[0], 226, 'STOR');
$c->expect('TYPE I', 200);
$c->expect('HASH file', 213,
    'SHA-256 0-6 ' . Digest::SHA::sha256_hex('content') . ' file');
like(maps(), qr/libcrypto.*digest\.so|digest\.so.*libcrypto/s, 'HASH loads digest.so');
unlike(maps(), qr/libssl|libz\.|deflate\.so/, 'and nothing else');
$c->quit;
Inftpd::Test::wait_until(sub { !sessions() }, 5);
$c = dial();
$c->login('alice');
$c->expect('MODE Z', 200);
like(maps(), qr/deflate\.so/, 'MODE Z loads deflate.so');
unlike(maps(), qr/libcrypto|digest\.so/, 'and nothing else');
is(($c->send_file('STOR packed', Compress::Zlib::compress('text')))[0], 226);
$c->expect('MODE S', 200);
is(($c->retr('packed'))[0], 'text', 'and works');
my %is = status_of((sessions())[0]);
is($is{NoNewPrivs}, 1, 'confined all the same');
$c->quit;
done_testing;
